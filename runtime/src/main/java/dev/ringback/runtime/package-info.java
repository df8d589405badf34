/**
 * How a service boots and runs: settings, lifecycle, Kafka clients, HTTP, API keys, health,
 * metrics, logs. Nothing here knows what a call is.
 */
@NullMarked
package dev.ringback.runtime;

import org.jspecify.annotations.NullMarked;
