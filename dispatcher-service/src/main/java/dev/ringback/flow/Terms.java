package dev.ringback.flow;

import java.util.Optional;

/**
 * What an endpoint's policy says of its flow.
 *
 * @param maxInFlight most requests under way at once
 * @param ratePerSecond most requests a second that this process may start; empty when as many as
 *     come
 */
public record Terms(int maxInFlight, Optional<Double> ratePerSecond) {}
