/**
 * The registry of endpoints: changes go through one ordered place, reads see every change answered
 * before.
 */
@NullMarked
package dev.ringback.ingest.registry;

import org.jspecify.annotations.NullMarked;
