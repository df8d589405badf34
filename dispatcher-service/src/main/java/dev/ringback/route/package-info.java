/**
 * Track and route: per call, drop duplicates, number the events and keep the Call; then one
 * delivery for each subscribed endpoint. One Kafka Streams topology, exactly once.
 */
@NullMarked
package dev.ringback.route;

import org.jspecify.annotations.NullMarked;
