/** Dead deliveries are given up for good. */
@NullMarked
package dev.ringback.dlq.purge;

import org.jspecify.annotations.NullMarked;
