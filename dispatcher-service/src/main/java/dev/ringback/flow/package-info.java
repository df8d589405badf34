/**
 * Who may go when: the cap, the breaker and the rate of each endpoint, and the slots of each lane,
 * shared fairly. It knows jobs and times, neither Kafka nor HTTP.
 */
@NullMarked
package dev.ringback.flow;

import org.jspecify.annotations.NullMarked;
