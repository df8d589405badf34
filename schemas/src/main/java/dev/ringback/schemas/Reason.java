package dev.ringback.schemas;

/** Why a delivery died, as {@code webhook.deliveries.dead} says it. */
public enum Reason {
    /** Its schedule ended without a success. */
    exhausted,
    /** Its dialect does not retry. */
    no_retry,
    /** It waited longer than its policy's {@code max_age}. */
    expired,
    /** The receiver answered 410. */
    gone,
    endpoint_deleted,
    endpoint_disabled,
    /** The address is inside the egress guard. */
    blocked_address,
    /** The URL cannot be called at all. */
    invalid_target,
    /** It asked what a call does next, and that is settled, or the call is over. */
    late,
    /** The body is larger than a delivery may be. */
    too_large
}
