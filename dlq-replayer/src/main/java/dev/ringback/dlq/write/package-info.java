/** Writes to Kafka what commands decide. */
@NullMarked
package dev.ringback.dlq.write;

import org.jspecify.annotations.NullMarked;
