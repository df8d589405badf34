package dev.ringback.subscribers;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * How a subscriber answers: what it does to attempts that it fails, and how many of each delivery
 * it fails. Which deliveries fail how often is a fixed function of their ids, so every repeat of an
 * attempt fares the same.
 *
 * @param trouble what becomes of an attempt that it fails
 * @param mostFailed the most attempts of one delivery that it fails; {@link #ALWAYS}: all
 */
public record Behaviour(Trouble trouble, int mostFailed) {
    /** Every attempt fails. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    /** What becomes of an attempt that fails. */
    public enum Trouble {
        /** None fails. */
        none,
        /** It is answered 500. */
        error,
        /** It is never answered. */
        hang,
        /** It is answered a byte at a time, past every deadline. */
        drip,
        /** Its connection is reset. */
        reset,
        /** It is answered 429, with a {@code Retry-After} of seconds. */
        later_seconds,
        /** It is answered 429, with a {@code Retry-After} of a date. */
        later_date,
        /** It is answered 410. */
        gone,
        /**
         * It is answered 500 and gigabytes; those that do not fail are answered 200 and gigabytes.
         */
        gigabytes,
        /** Its address is inside the egress guard. */
        blocked
    }

    /** Whether an attempt of a delivery fails. */
    public boolean fails(String deliveryId, int attempt) {
        return mostFailed == ALWAYS || attempt <= failures(deliveryId);
    }

    private int failures(String deliveryId) {
        CRC32 crc = new CRC32();
        crc.update(deliveryId.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % (mostFailed + 1));
    }

    /** Whether none of its deliveries ever arrives. */
    public boolean isHopeless() {
        return mostFailed == ALWAYS;
    }
}
