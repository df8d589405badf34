package dev.ringback.quickstart;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.quickstart.Receiver.Webhook;
import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.quickstart.Tally.Expected;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
    private final Map<String, Verifier> verifiers = new ConcurrentHashMap<>();
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
        play(installation.settings(), receiver.url());
        boolean complete = tally.awaitAll(surroundings.clock(), end, stop);
        summarize(installation);
        if (!exit) {
            say("Ctrl-C stops everything and deletes its data.");
            stop.await();
        }
        return complete || !exit;
    }

    /** An endpoint for each dialect, then the samples in order. */
    private void play(Settings settings, String receiverUrl) {
        String key =
                settings.require(
                        Setting.API_KEY, "name a key of RINGBACK_API_KEYS that may do everything");
        String ingest = settings.get(Setting.INGEST_URL);
        Map<Dialect, String> endpoints = new LinkedHashMap<>();
        for (Dialect dialect : Dialects.all()) {
            endpoints.put(dialect, endpoint(dialect, ingest, key, receiverUrl));
        }
        for (Sample sample : Sample.all()) {
            endpoints.forEach((dialect, endpoint) -> expect(sample, dialect, endpoint));
            client.post(ingest + "/v1/events", key, sample.json());
        }
        client.close();
    }

    private String endpoint(Dialect dialect, String ingest, String key, String receiverUrl) {
        String path = "/" + dialect.name();
        String secret = dialect.newSecret(surroundings.random());
        verifiers.put(path, new Verifier(dialect.signature(), secret, surroundings.clock()));
        ObjectNode wanted =
                Json.object()
                        .put("account_id", Sample.ACCOUNT)
                        .put("name", "Demo " + dialect.name())
                        .put("url", receiverUrl + path)
                        .put("dialect", dialect.name())
                        .put("secret", secret);
        wanted.putArray("events").add("*");
        return client.post(ingest + "/v1/endpoints", key, Json.bytes(wanted))
                .path("id")
                .asString("");
    }

    private void expect(Sample sample, Dialect dialect, String endpoint) {
        dialect.webhookEvent(sample.type())
                .ifPresent(
                        event ->
                                tally.expect(
                                        DeliveryHeader.deliveryId(
                                                sample.subject(), sample.id(), endpoint),
                                        new Expected(dialect.name(), event, sample.subject())));
    }

    private Receiver receiver() throws IOException {
        return new Receiver(
                0,
                Receiver.Behaviour.GOOD,
                surroundings.clock(),
                path -> Optional.ofNullable(verifiers.get(path)),
                this::heard);
    }

    private void heard(Webhook webhook) {
        boolean verified = webhook.check() instanceof Verifier.Check.Verified;
        Expected known =
                tally.count(webhook.delivery(), verified)
                        .orElse(new Expected(webhook.path(), "(unexpected)", "-"));
        say(
                "%s  %-9s %-18s %-9s %-12s attempt %s  %s"
                        .formatted(
                                since(webhook.at()),
                                known.dialect(),
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
            say("missing: " + missing.dialect() + " " + missing.webhookEvent());
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
