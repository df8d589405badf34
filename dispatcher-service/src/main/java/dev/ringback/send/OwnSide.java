package dev.ringback.send;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a failure of our own side from one of the receivers: when more than half of at least five
 * endpoints that were called within ten seconds cannot even be reached for, it is we who are cut
 * off, and deliveries should wait. Bounded however many endpoints there are. Thread-safe; time is
 * an argument.
 */
public final class OwnSide {
    private static final Logger LOG = LoggerFactory.getLogger(OwnSide.class);

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int LEAST_ENDPOINTS = 5;
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** The last attempt at each endpoint, the oldest first. */
    private final Map<String, Seen> window = new LinkedHashMap<>();

    /** Endpoints whose deliveries wait: when one of them is reached, it is over for all. */
    private final Set<String> waiting = new HashSet<>();

    private int failing;
    private @Nullable Instant cutOffSince;

    private record Seen(boolean failed, Instant at) {}

    /**
     * Takes note of an attempt.
     *
     * @return how long its delivery should wait without using an attempt; empty when its failure,
     *     if it is one, is the receiver's
     */
    public synchronized Optional<Duration> note(String endpointId, Reply reply, Instant at) {
        return switch (reply) {
            case Reply.Answered answered -> reached(endpointId, at);
            case Reply.Unreachable(Fault fault) ->
                    fault.isLocal() ? failed(endpointId, at) : reached(endpointId, at);
            // That of a connection from before does not say whether there is a way out now.
            case Reply.TimedOut(boolean unconnected) ->
                    unconnected ? failed(endpointId, at) : Optional.empty();
            case Reply.Blocked blocked -> Optional.empty();
            case Reply.InvalidTarget invalid -> Optional.empty();
        };
    }

    private Optional<Duration> reached(String endpointId, Instant at) {
        remember(endpointId, new Seen(false, at));
        if (waiting.contains(endpointId) || !isMostFailing()) {
            end(at);
        }
        return Optional.empty();
    }

    private Optional<Duration> failed(String endpointId, Instant at) {
        remember(endpointId, new Seen(true, at));
        if (window.size() >= LEAST_ENDPOINTS) {
            if (isMostFailing()) {
                begin(at);
            } else {
                end(at);
            }
        }
        if (cutOffSince == null) {
            return Optional.empty();
        }
        if (waiting.size() < MOST_REMEMBERED) {
            waiting.add(endpointId);
        }
        return Optional.of(pause(Duration.between(cutOffSince, at)));
    }

    private void begin(Instant at) {
        if (cutOffSince == null) {
            cutOffSince = at;
            LOG.warn("{} of {} endpoints cannot be reached: cut off", failing, window.size());
        }
    }

    /** Old failures no longer count, or else they would soon say the same again. */
    private void end(Instant at) {
        if (cutOffSince != null) {
            LOG.info("endpoints can be reached again after {}", Duration.between(cutOffSince, at));
            cutOffSince = null;
            waiting.clear();
            window.values().removeIf(Seen::failed);
            failing = 0;
        }
    }

    private boolean isMostFailing() {
        return failing * 2 > window.size();
    }

    /** As long as it has lasted, so that it doubles. */
    private static Duration pause(Duration lasted) {
        if (lasted.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return lasted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : lasted;
    }

    private void remember(String endpointId, Seen seen) {
        forget(window.remove(endpointId));
        window.put(endpointId, seen);
        failing += seen.failed() ? 1 : 0;
        Instant oldest = seen.at().minus(WINDOW);
        Iterator<Seen> eldest = window.values().iterator();
        for (Seen old = eldest.next();
                old.at().isBefore(oldest) || window.size() > MOST_REMEMBERED;
                old = eldest.next()) {
            eldest.remove();
            forget(old);
        }
    }

    private void forget(@Nullable Seen old) {
        failing -= old != null && old.failed() ? 1 : 0;
    }
}
