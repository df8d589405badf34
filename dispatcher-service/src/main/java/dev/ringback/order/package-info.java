/**
 * The order gate: which delivery of an ordered endpoint and call may be attempted now. What it
 * knows is rebuilt from Kafka when partitions are assigned and an ordered delivery turns up there.
 */
@NullMarked
package dev.ringback.order;

import org.jspecify.annotations.NullMarked;
