package dev.ringback.quickstart;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.quickstart.Tally.Expected;
import dev.ringback.receive.Receiver;
import dev.ringback.receive.Receiver.Webhook;
import dev.ringback.receive.Verifier;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
    private final ServiceClient client = new ServiceClient();
    private final Tally tally = new Tally();
    private Instant started = Instant.EPOCH;

    /** Set before anything is sent to the receiver, which asks from its own threads. */
    private volatile @Nullable Subscribers subscribers;

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
        try (Installation installation =
                        Installation.open(
                                folder,
                                wanted.with(Setting.STATE_DIR, folder.resolve("state").toString()),
                                surroundings);
                Receiver receiver = receiver()) {
            say("ringback: settings for other commands are in " + installation.envFile());
            receiver.start();
            return run(installation, receiver) ? 0 : 1;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen for webhooks", e);
        } finally {
            DataFolder.delete(folder);
        }
    }

    private boolean run(Installation installation, Receiver receiver) {
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
        say("ready after " + since(surroundings.clock().instant()).strip());
        say("");
        play(installation.settings(), receiver.url(), end);
        boolean complete = tally.awaitAll(surroundings.clock(), end, stop);
        summarize(installation);
        if (!exit) {
            say("Ctrl-C stops everything and deletes its data.");
            stop.await();
        }
        return complete || !exit;
    }

    /** The subscribers first, then the samples in order. */
    private void play(Settings settings, String receiverUrl, Instant end) {
        String key =
                settings.require(
                        Setting.API_KEY, "name a key of RINGBACK_API_KEYS that may do everything");
        String ingest = settings.get(Setting.INGEST_URL);
        Subscribers all =
                new Subscribers(
                        registry(ingest, key),
                        receiverUrl,
                        surroundings.clock(),
                        surroundings.random());
        subscribers = all;
        all.subscribe();
        for (Sample sample : Sample.all()) {
            all.webhooks(sample).forEach(tally::expect);
            client.post(ingest + "/v1/events", key, sample.json());
            if (sample.type() == EventType.CALL_ANSWERED) {
                // As a call would: it goes on when somebody has said what it does next.
                tally.awaitAll(surroundings.clock(), end, surroundings.stop());
            }
        }
        client.close();
    }

    private Subscribers.Registry registry(String ingest, String key) {
        return new Subscribers.Registry() {
            @Override
            public JsonNode post(String path, ObjectNode document) {
                return client.post(ingest + path, key, Json.bytes(document));
            }

            @Override
            public void put(String path, ObjectNode document) {
                client.put(ingest + path, key, Json.bytes(document));
            }
        };
    }

    private Receiver receiver() throws IOException {
        return new Receiver(
                0,
                Receiver.Behaviour.GOOD,
                surroundings.clock(),
                this::verifier,
                this::answer,
                this::heard);
    }

    private byte[] answer(String path) {
        Subscribers all = subscribers;
        return all == null ? new byte[0] : all.answer(path);
    }

    private Optional<Verifier> verifier(String path) {
        Subscribers all = subscribers;
        return all == null ? Optional.empty() : all.verifier(path);
    }

    private void heard(Webhook webhook) {
        boolean verified = webhook.check() instanceof Verifier.Check.Verified;
        Expected known =
                tally.count(webhook.delivery(), verified)
                        .orElse(new Expected("unexpected", shortened(webhook.path(), 18), "-"));
        say(
                "%s  %-13s %-18s %-9s %-12s attempt %s  %s"
                        .formatted(
                                since(webhook.at()),
                                known.subscriber(),
                                known.webhookEvent(),
                                shortened(known.subject(), 8),
                                shortened(webhook.delivery(), 12),
                                webhook.attempt(),
                                webhook.check().text()));
    }

    private void summarize(Installation installation) {
        Settings settings = installation.settings();
        say("");
        say(tally.summary());
        for (Expected missing : tally.missing()) {
            say(
                    "missing: "
                            + missing.subscriber()
                            + " "
                            + missing.webhookEvent()
                            + " of "
                            + missing.subject());
        }
        if (exit) {
            return;
        }
        say(
                """

                Where to look
                  settings  set -a; . %s; set +a
                  ingest    %s       samples/README.md shows what to send
                  console   %s
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
                                Sample.all().getFirst().subject()));
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

    private String since(Instant at) {
        double seconds = Duration.between(started, at).toMillis() / 1_000.0;
        return String.format(Locale.ROOT, "%7.2f s", seconds);
    }

    private static String shortened(String id, int length) {
        return id.length() <= length ? id : id.substring(0, length);
    }

    private synchronized void say(String line) {
        surroundings.out().println(line);
    }
}
