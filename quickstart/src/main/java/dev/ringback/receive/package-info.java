/** A subscriber's side: takes webhooks over HTTP and verifies them as their receivers should. */
@NullMarked
package dev.ringback.receive;

import org.jspecify.annotations.NullMarked;
