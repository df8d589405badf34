/**
 * What travels through Ringback: records, JSON Schemas, topics, the ladder and their codecs.
 * Nothing here knows a Kafka client, HTTP or a clock.
 */
@NullMarked
package dev.ringback.schemas;

import org.jspecify.annotations.NullMarked;
