/**
 * What a call does next, as a subscriber says it in VoxML: what is valid, and what is wrong with
 * what is not. Pure: no Kafka, no HTTP, no clock.
 */
@NullMarked
package dev.ringback.voxml;

import org.jspecify.annotations.NullMarked;
