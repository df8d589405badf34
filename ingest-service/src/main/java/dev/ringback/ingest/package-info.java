/**
 * An event or a registry change comes in: HTTP in front, Kafka behind, and an answer only when
 * Kafka has confirmed.
 */
@NullMarked
package dev.ringback.ingest;

import org.jspecify.annotations.NullMarked;
