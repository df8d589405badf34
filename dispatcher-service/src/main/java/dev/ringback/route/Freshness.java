package dev.ringback.route;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that an event is routed by a registry at least as new as the event itself: after each
 * poll that brought events, the registry is asked once to read as far as its topic reaches.
 * Whatever was answered before the event was posted is therefore seen, whichever ingest answered it
 * and whoever produced the event. Thread-safe; one for all partitions of a process.
 */
final class Freshness {
    private static final Logger LOG = LoggerFactory.getLogger(Freshness.class);
    private static final long LIMIT_SECONDS = 5;

    private final AtomicLong polls = new AtomicLong();
    private final AtomicLong freshAt = new AtomicLong(-1);
    private volatile boolean stopping;

    /** Notes that events have been read. */
    void polled() {
        polls.incrementAndGet();
    }

    /** Returns when the registry is as new as the latest poll; waits out a broker that is away. */
    void ensure(Router.Registry registry) {
        long poll = polls.get();
        while (freshAt.get() < poll) {
            try {
                registry.current().get(LIMIT_SECONDS, TimeUnit.SECONDS);
                freshAt.accumulateAndGet(poll, Math::max);
            } catch (ExecutionException | TimeoutException e) {
                if (stopping) {
                    throw new IllegalStateException("stopping before the registry was read", e);
                }
                LOG.warn("routing waits for the registry: {}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before the registry was read", e);
            }
        }
    }

    /** Makes {@link #ensure} give up: what it was about is processed after the next start. */
    void stop() {
        stopping = true;
    }
}
