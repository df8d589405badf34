package dev.ringback.dispatch;

import dev.ringback.runtime.Lifecycle;
import java.time.Clock;

/** {@code ringback dispatcher}: the service alone, as a process. */
public final class Main {
    private static final String USAGE =
            """
            Usage: ringback dispatcher
            Routes events and sends webhooks, against an existing Kafka.
            All is set by RINGBACK_ variables, or in the file that RINGBACK_CONFIG names.
            """;

    private Main() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) {
        Lifecycle.run(
                USAGE,
                arguments,
                System.getenv(),
                settings -> new DispatcherService(settings, Clock.systemUTC()));
    }
}
