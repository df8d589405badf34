package dev.ringback.quickstart;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.samples.Show;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ringback play}: the demo's calls and receiver, for services that run elsewhere. */
@Command(
        name = "play",
        description = {
            "Plays samples/ through running services, each time as new calls, to a receiver of its",
            "own, and prints each webhook as it arrives. RINGBACK_INGEST_URL and RINGBACK_API_KEY",
            "say where and who; the dispatcher must be let through to the receiver",
            "(RINGBACK_ALLOW_HTTP, RINGBACK_EGRESS_ALLOW)."
        })
final class Play implements Callable<Integer> {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);

    private final Surroundings surroundings;
    private Instant started = Instant.EPOCH;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "Where the receiver listens (any free port).")
    private int port;

    @Option(
            names = "--url",
            paramLabel = "U",
            description = "Where the dispatcher finds the receiver (http://127.0.0.1:PORT).")
    private @Nullable String url;

    @Option(
            names = "--every",
            paramLabel = "30s",
            description = "Plays again after each such time, until it is stopped.")
    private @Nullable Duration every;

    Play(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        started = surroundings.clock().instant();
        Settings settings = Settings.load(surroundings.environment());
        Logs.configure(settings.get(Setting.LOG_FORMAT), "warn");
        String key = settings.require(Setting.API_KEY, "it needs a key that may do everything");
        String where = settings.require(Setting.INGEST_URL, "it needs to know where ingest is");
        InetSocketAddress address = new InetSocketAddress(settings.get(Setting.BIND_ADDRESS), port);
        try (Show show = new Show(address, surroundings.clock(), started, this::say);
                ServiceClient client = new ServiceClient()) {
            if (!awaitReady(client, where)) {
                return 0;
            }
            String receiver = url == null ? show.receiverUrl() : url;
            ServiceClient.Ingest ingest = client.ingest(where, key);
            ingest.deleteEndpointsAt(receiver);
            show.subscribe(ingest, receiver, surroundings.random());
            return rounds(show, ingest) ? 0 : 1;
        } catch (IOException e) {
            throw new Ringback.Refused(Ports.taken(port, "use another --port"));
        }
    }

    private boolean awaitReady(ServiceClient client, String where) {
        Instant end = started.plus(DEADLINE);
        while (true) {
            Optional<String> unready = client.unready(where);
            if (unready.isEmpty()) {
                return true;
            }
            if (surroundings.clock().instant().isAfter(end)) {
                throw new Ringback.Refused(where + " " + unready.get());
            }
            if (surroundings.stop().await(BETWEEN_TRIES)) {
                return false;
            }
        }
    }

    /** Whether all webhooks of all rounds came; one after another until the end is asked for. */
    private boolean rounds(Show show, ServiceClient.Ingest ingest) {
        StopSignal stop = surroundings.stop();
        boolean complete = true;
        do {
            Instant now = surroundings.clock().instant();
            Instant end = now.plus(DEADLINE);
            String round = Long.toString(now.toEpochMilli(), Character.MAX_RADIX);
            show.playAgain(round, ingest::event, end, stop::await);
            complete &= show.awaitAll(end, stop::await);
            if (stop.raised()) {
                return true;
            }
            say("");
            show.summary().forEach(this::say);
            say("");
        } while (every != null && !stop.await(every));
        return complete;
    }

    private synchronized void say(String line) {
        surroundings.out().println(line);
    }
}
