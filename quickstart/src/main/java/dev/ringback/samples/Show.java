package dev.ringback.samples;

import dev.ringback.receive.Receiver;
import dev.ringback.receive.Receiver.Webhook;
import dev.ringback.receive.Verifier;
import dev.ringback.samples.Tally.Expected;
import dev.ringback.schemas.EventType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Plays the samples to a subscriber of each dialect, at a receiver of its own, and says a line for
 * each webhook that arrives. One thread plays; the receiver's own threads hear.
 */
public final class Show implements AutoCloseable {
    private final Clock clock;
    private final Instant started;
    private final Consumer<String> said;
    private final Tally tally = new Tally();
    private final Receiver receiver;

    /** Set before anything is sent to the receiver, which asks from its own threads. */
    private volatile @Nullable Subscribers subscribers;

    /** How waiting is done. */
    public interface Pause {
        /** Returns after this time, or with true as soon as the end has been asked for. */
        boolean await(Duration limit);
    }

    /** Where the events go. */
    public interface Events {
        /** Posts an event as it is. */
        void post(byte[] json);
    }

    /**
     * Opens the receiver.
     *
     * @param started what times are counted from
     * @param said told each line, one after another
     * @throws IOException when the address is taken
     */
    public Show(InetSocketAddress address, Clock clock, Instant started, Consumer<String> said)
            throws IOException {
        this.clock = clock;
        this.started = started;
        this.said = said;
        this.receiver =
                new Receiver(
                        address,
                        Receiver.Behaviour.GOOD,
                        clock,
                        this::verifier,
                        this::answer,
                        this::heard);
        receiver.start();
    }

    /** Where the receiver is, as seen from this machine. */
    public String receiverUrl() {
        return receiver.url();
    }

    /** Sets up a subscriber of each dialect; the receiver is where {@code url} says. */
    public void subscribe(Subscribers.Registry registry, String url, RandomGenerator random) {
        Subscribers all = new Subscribers(registry, url, clock, random);
        subscribers = all;
        all.subscribe();
    }

    /** Plays the samples as they are, in order. */
    public void play(Events events, Instant end, Pause pause) {
        play(Sample.all(), events, end, pause);
    }

    /** Plays them once more as other calls; what came before is forgotten. */
    public void playAgain(String round, Events events, Instant end, Pause pause) {
        tally.clear();
        play(Sample.all().stream().map(sample -> sample.again(round)).toList(), events, end, pause);
    }

    /** Waits until all that was played has come verified, or not before the end. */
    public boolean awaitAll(Instant end, Pause pause) {
        return tally.awaitAll(clock, end, pause);
    }

    /** What came, in one line, and a line for each webhook that is missing. */
    public List<String> summary() {
        List<String> lines = new ArrayList<>();
        lines.add(tally.summary());
        for (Expected missing : tally.missing()) {
            lines.add(
                    "missing: "
                            + missing.subscriber()
                            + " "
                            + missing.webhookEvent()
                            + " of "
                            + missing.subject());
        }
        return lines;
    }

    /** The call that is played first. */
    public static String firstCall() {
        return Sample.all().getFirst().subject();
    }

    /** How long ago it began at this moment. */
    public String since(Instant at) {
        double seconds = Duration.between(started, at).toMillis() / 1_000.0;
        return String.format(Locale.ROOT, "%7.2f s", seconds);
    }

    @Override
    public void close() {
        receiver.close();
    }

    private void play(List<Sample> samples, Events events, Instant end, Pause pause) {
        Subscribers all = subscribers;
        if (all == null) {
            throw new IllegalStateException("nobody has subscribed");
        }
        for (Sample sample : samples) {
            all.webhooks(sample).forEach(tally::expect);
            events.post(sample.json());
            if (sample.type() == EventType.CALL_ANSWERED) {
                // As a call would: it goes on when somebody has said what it does next.
                tally.awaitAll(clock, end, pause);
            }
        }
    }

    private Optional<Verifier> verifier(String path) {
        Subscribers all = subscribers;
        return all == null ? Optional.empty() : all.verifier(path);
    }

    private byte[] answer(String path) {
        Subscribers all = subscribers;
        return all == null ? new byte[0] : all.answer(path);
    }

    private synchronized void heard(Webhook webhook) {
        boolean verified = webhook.check() instanceof Verifier.Check.Verified;
        Expected known =
                tally.count(webhook.delivery(), verified)
                        .orElse(new Expected("unexpected", shortened(webhook.path(), 18), "-"));
        said.accept(
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

    private static String shortened(String id, int length) {
        return id.length() <= length ? id : id.substring(0, length);
    }
}
