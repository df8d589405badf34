package dev.ringback.quickstart;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringback up}: all services, kept running. */
@Command(
        name = "up",
        description = {
            "Runs Kafka, ingest, dispatcher and console in one process until it is stopped.",
            "The data survives a restart."
        })
final class Up implements Callable<Integer> {
    private static final Duration BETWEEN_NOTES = Duration.ofSeconds(15);

    private final Surroundings surroundings;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".ringback",
            description = "Where everything is kept (${DEFAULT-VALUE}).")
    private Path data = Path.of(".ringback");

    Up(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings wanted = Settings.load(surroundings.environment());
        Logs.configure(wanted);
        StopSignal stop = surroundings.stop();
        PrintStream out = surroundings.out();
        try (Installation installation = Installation.open(data, wanted, surroundings)) {
            surroundings.err().print(installation.settings().table());
            out.println("ringback: settings for other commands are in " + installation.envFile());
            installation.start(stop);
            if (awaitReady(installation, stop)) {
                out.print(block(installation));
            }
            stop.await();
            out.println("ringback: stopping");
        }
        return 0;
    }

    private boolean awaitReady(Installation installation, StopSignal stop) {
        while (true) {
            List<String> unready = installation.awaitReady(BETWEEN_NOTES, stop);
            if (unready.isEmpty() || stop.raised()) {
                return unready.isEmpty();
            }
            unready.forEach(line -> surroundings.err().println("ringback: " + line));
        }
    }

    private static String block(Installation installation) {
        Settings settings = installation.settings();
        return """

        Ringback is up.

          ingest      %s
          console     %s  (dashboard: log in with $RINGBACK_API_KEY)
          dispatcher  %s  (health and metrics)
          Kafka       %s
          settings    set -a; . %s; set +a

        Ctrl-C stops it; the data stays.
        """
                .formatted(
                        settings.get(Setting.INGEST_URL),
                        settings.get(Setting.CONSOLE_URL),
                        settings.get(Setting.DISPATCHER_URL),
                        settings.get(Setting.KAFKA),
                        installation.envFile());
    }
}
