/** What was done to dead deliveries, by whom, and how far it got. */
@NullMarked
package dev.ringback.dlq.job;

import org.jspecify.annotations.NullMarked;
