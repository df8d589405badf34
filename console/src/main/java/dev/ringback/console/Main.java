package dev.ringback.console;

import dev.ringback.runtime.Lifecycle;
import java.time.Clock;

/** {@code ringback console}: the service alone, as a process. */
public final class Main {
    private static final String USAGE =
            """
            Usage: ringback console
            The read side against an existing Kafka: calls and deliveries over HTTP.
            All is set by RINGBACK_ variables, or in the file that RINGBACK_CONFIG names.
            """;

    private Main() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) {
        Lifecycle.run(
                USAGE,
                arguments,
                System.getenv(),
                settings -> new ConsoleService(settings, Clock.systemUTC()));
    }
}
