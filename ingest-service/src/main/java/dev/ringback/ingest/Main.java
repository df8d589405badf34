package dev.ringback.ingest;

import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Settings;
import java.time.Clock;

/** {@code ringback ingest}: the service alone, against an existing Kafka. */
public final class Main {
    private static final int USAGE = 2;

    private Main() {}

    /** Starts the service; it runs until the process is told to end. */
    @SuppressWarnings("SystemOut") // what the operator is shown before there is a log
    public static void main(String[] arguments) {
        try {
            Settings settings = Settings.load(System.getenv());
            Logs.configure(settings);
            IngestService service = new IngestService(settings, Clock.systemUTC());
            System.err.print(settings.table());
            Runtime.getRuntime().addShutdownHook(new Thread(service::stop, "stop"));
            service.start();
            System.err.println("ringback ingest listens on port " + service.port());
        } catch (Settings.Invalid e) {
            System.err.println("ringback: " + e.getMessage());
            System.exit(USAGE);
        }
    }
}
