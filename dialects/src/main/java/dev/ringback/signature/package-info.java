/**
 * What a subscriber may choose about signatures: a scheme of its own, and ed25519 keys. Pure: no
 * Kafka, no HTTP, no clock.
 */
@NullMarked
package dev.ringback.signature;

import org.jspecify.annotations.NullMarked;
