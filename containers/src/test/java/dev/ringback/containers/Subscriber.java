package dev.ringback.containers;

import dev.ringback.dialect.Dialects;
import dev.ringback.receive.Receiver;
import dev.ringback.receive.Receiver.Webhook;
import dev.ringback.receive.Verifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who gets the webhooks, on this machine: counts each delivery and verifies every signature. */
final class Subscriber implements AutoCloseable {
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final Receiver receiver;
    private final int port;
    private final Map<String, Integer> received = new ConcurrentHashMap<>();
    private final Map<String, String> traces = new ConcurrentHashMap<>();
    private final AtomicInteger unverified = new AtomicInteger();

    /** Listens at all addresses of this machine. */
    Subscriber() throws IOException {
        Verifier verifier =
                new Verifier(
                        Dialects.named("standard").orElseThrow().signature(),
                        SECRET,
                        Clock.systemUTC());
        receiver =
                new Receiver(
                        new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0),
                        Receiver.Behaviour.GOOD,
                        Clock.systemUTC(),
                        path -> Optional.of(verifier),
                        path -> new byte[0],
                        this::heard);
        receiver.start();
        port = Integer.parseInt(receiver.url().substring(receiver.url().lastIndexOf(':') + 1));
    }

    /** Where it is, for whom this machine has this name. */
    String url(String host) {
        return "http://" + host + ":" + port + "/hooks";
    }

    private void heard(Webhook webhook) {
        if (!(webhook.check() instanceof Verifier.Check.Verified)) {
            unverified.incrementAndGet();
        }
        traces.put(webhook.delivery(), webhook.headers().getOrDefault("traceparent", ""));
        received.merge(webhook.delivery(), 1, Integer::sum);
    }

    /** Those of these deliveries that have not come. */
    Set<String> missing(Set<String> deliveries) {
        Set<String> missing = new TreeSet<>(deliveries);
        missing.removeAll(received.keySet());
        return missing;
    }

    /** How many webhooks came beyond the first of each delivery. */
    int repeats() {
        return received.values().stream().mapToInt(count -> count - 1).sum();
    }

    /** How many webhooks had a wrong signature. */
    int unverified() {
        return unverified.get();
    }

    /** The header traceparent that a delivery came with. */
    String trace(String delivery) {
        return traces.getOrDefault(delivery, "");
    }

    @Override
    public void close() {
        receiver.close();
    }
}
