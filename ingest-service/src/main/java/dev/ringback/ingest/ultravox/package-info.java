/** Ultravox's own API for its webhooks, with our registry behind it. */
@NullMarked
package dev.ringback.ingest.ultravox;

import org.jspecify.annotations.NullMarked;
