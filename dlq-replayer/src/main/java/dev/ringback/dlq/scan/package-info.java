/** Reads what is in Kafka: which dead deliveries are meant, and what has been done to them. */
@NullMarked
package dev.ringback.dlq.scan;

import org.jspecify.annotations.NullMarked;
