/** Writing to Kafka without giving up. */
@NullMarked
package dev.ringback.outbox;

import org.jspecify.annotations.NullMarked;
