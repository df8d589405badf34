/** Dead deliveries live again. */
@NullMarked
package dev.ringback.dlq.replay;

import org.jspecify.annotations.NullMarked;
