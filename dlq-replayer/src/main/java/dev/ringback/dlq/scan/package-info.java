/** Reads dead deliveries from Kafka: which are meant, where they are, what has been done to them. */
@NullMarked
package dev.ringback.dlq.scan;

import org.jspecify.annotations.NullMarked;
