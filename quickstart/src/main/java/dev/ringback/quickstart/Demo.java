package dev.ringback.quickstart;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.samples.Show;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringback demo}: from nothing to verified webhooks, on real events. */
@Command(
        name = "demo",
        description =
                "Runs everything in one process on a temporary folder, plays samples/ through"
                        + " every dialect to a receiver of its own, and prints each webhook as it"
                        + " arrives.")
final class Demo implements Callable<Integer> {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Surroundings surroundings;
    private Instant started = Instant.EPOCH;

    @Option(
            names = "--exit",
            description = "Ends when all webhooks have come: 0 if all were verified, 1 if not.")
    private boolean exit;

    Demo(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        started = surroundings.clock().instant();
        Settings wanted = settings();
        Logs.configure(wanted);
        Path folder = temporaryFolder();
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (Installation installation =
                        Installation.open(
                                folder,
                                wanted.with(Setting.STATE_DIR, folder.resolve("state").toString()),
                                surroundings);
                Show show = new Show(anyPort, surroundings.clock(), started, this::say)) {
            say("ringback: settings for other commands are in " + installation.envFile());
            return run(installation, show) ? 0 : 1;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen for webhooks", e);
        } finally {
            DataFolder.delete(folder);
        }
    }

    private boolean run(Installation installation, Show show) {
        StopSignal stop = surroundings.stop();
        Instant end = started.plus(DEADLINE);
        say("starting Kafka, ingest, dispatcher and console …");
        installation.start(stop);
        List<String> unready =
                installation.awaitReady(
                        Duration.between(surroundings.clock().instant(), end), stop);
        if (stop.raised()) {
            return !exit;
        }
        if (!unready.isEmpty()) {
            throw new Ringback.Refused(String.join("; ", unready));
        }
        say("ready after " + show.since(surroundings.clock().instant()).strip());
        say("");
        play(installation.settings(), show, end);
        boolean complete = show.awaitAll(end, stop::await);
        summarize(installation, show);
        if (!exit) {
            say("Ctrl-C stops everything and deletes its data.");
            stop.await();
        }
        return complete || !exit;
    }

    /** The subscribers first, then the samples in order. */
    private void play(Settings settings, Show show, Instant end) {
        String key =
                settings.require(
                        Setting.API_KEY, "name a key of RINGBACK_API_KEYS that may do everything");
        try (ServiceClient client = new ServiceClient()) {
            ServiceClient.Ingest ingest = client.ingest(settings.get(Setting.INGEST_URL), key);
            show.subscribe(ingest, show.receiverUrl(), surroundings.random());
            show.play(ingest::event, end, surroundings.stop()::await);
        }
    }

    private void summarize(Installation installation, Show show) {
        Settings settings = installation.settings();
        say("");
        show.summary().forEach(this::say);
        if (exit) {
            return;
        }
        say(
                """

                Where to look
                  settings  set -a; . %s; set +a
                  ingest    %s       samples/README.md shows what to send
                  console   %s       the dashboard: log in with $RINGBACK_API_KEY
                            curl -H "Authorization: Bearer $RINGBACK_API_KEY" %s/v1/calls/%s
                Go on with
                  ./ringback up       the same services, kept; data in ./.ringback
                  ./ringback listen   a receiver of your own, which can also misbehave
                """
                        .formatted(
                                installation.envFile(),
                                settings.get(Setting.INGEST_URL),
                                settings.get(Setting.CONSOLE_URL),
                                settings.get(Setting.CONSOLE_URL),
                                Show.firstCall()));
    }

    private Settings settings() {
        Settings set = Settings.load(surroundings.environment());
        return set.with(Setting.KAFKA, "")
                .orElse(Setting.ALLOW_HTTP, "true")
                .orElse(Setting.EGRESS_ALLOW, "127.0.0.0/8")
                .orElse(Setting.LOG_LEVEL, "warn");
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("ringback-demo-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    private synchronized void say(String line) {
        surroundings.out().println(line);
    }
}
