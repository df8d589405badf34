package dev.ringback.ingest;

import dev.ringback.runtime.Lifecycle;
import java.time.Clock;

/** {@code ringback ingest}: the service alone, as a process. */
public final class Main {
    private static final String USAGE =
            """
            Usage: ringback ingest
            Takes events and changes of the registry over HTTP, against an existing Kafka.
            All is set by RINGBACK_ variables, or in the file that RINGBACK_CONFIG names.
            """;

    private Main() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) {
        Lifecycle.run(
                USAGE,
                arguments,
                System.getenv(),
                settings -> new IngestService(settings, Clock.systemUTC()));
    }
}
