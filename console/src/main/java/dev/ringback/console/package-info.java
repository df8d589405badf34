/** The read side: calls and deliveries as Kafka remembers them. Stopping it holds up nothing. */
@NullMarked
package dev.ringback.console;

import org.jspecify.annotations.NullMarked;
