package dev.ringback.answer;

import dev.ringback.schemas.DeliveryHeader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of the calls of one partition: which questions are settled, and which calls are
 * over. Calls of which nothing was heard for the {@link #WINDOW} are forgotten. Thread-safe.
 */
final class Calls {
    /** Longer than any answer request can live. */
    static final Duration WINDOW = Duration.ofMinutes(15);

    private final Map<String, Fate> byCall = new LinkedHashMap<>();

    /** What has become of one call. */
    private static final class Fate {
        private final Set<String> settled = new HashSet<>();
        private final Map<String, Instruction> promised = new HashMap<>();
        private long sequence;
        private boolean over;
        private Instant at = Instant.EPOCH;
    }

    /** Notes that a call is over. */
    synchronized void over(String callId, Instant at) {
        touch(callId, at).over = true;
    }

    /** Notes what was published. */
    synchronized void settled(Instruction published, Instant at) {
        Fate fate = touch(published.callId(), at);
        fate.settled.add(
                published.failed()
                        ? round(published.eventId(), published.replay())
                        : published.eventId());
        if (!published.failed()) {
            fate.sequence = Math.max(fate.sequence, published.sequence());
        }
    }

    /**
     * Notes what was written and never committed: who reads uncommitted records has seen it, so
     * when its question is answered again it is what is published.
     */
    synchronized void promised(Instruction written, Instant at) {
        Fate fate = touch(written.callId(), at);
        if (!written.failed() && !fate.settled.contains(written.eventId())) {
            fate.promised.putIfAbsent(round(written.deliveryId(), written.replay()), written);
        }
    }

    /** The answer as it is to be published: what was promised before, if anything was. */
    synchronized Instruction kept(Instruction answer) {
        Fate fate = byCall.get(answer.callId());
        return fate == null || answer.failed()
                ? answer
                : fate.promised.getOrDefault(round(answer.deliveryId(), answer.replay()), answer);
    }

    /** Why nothing may be published for a question any more; empty when it may. */
    synchronized Optional<Late> lateness(DeliveryHeader asked, Instant now) {
        if (asked.createdAt().plus(WINDOW).isBefore(now)) {
            return Optional.of(Late.FORGOTTEN);
        }
        Fate fate = byCall.get(asked.subjectId());
        if (fate == null) {
            return Optional.empty();
        }
        int replay = asked.replay() == null ? 0 : asked.replay().count();
        if (fate.settled.contains(asked.eventId())
                || fate.settled.contains(round(asked.eventId(), replay))) {
            return Optional.of(Late.SETTLED);
        }
        if (fate.over) {
            return Optional.of(Late.ENDED);
        }
        return fate.sequence > asked.sequence() ? Optional.of(Late.NEWER) : Optional.empty();
    }

    /** A question that failed may be asked again by a replay, and then settled otherwise. */
    private static String round(String eventId, int replay) {
        return eventId + "/" + replay;
    }

    private Fate touch(String callId, Instant at) {
        Fate known = byCall.remove(callId);
        Fate fate = known == null ? new Fate() : known;
        fate.at = at.isAfter(fate.at) ? at : fate.at;
        byCall.put(callId, fate);
        forget(at.minus(WINDOW));
        return fate;
    }

    private void forget(Instant before) {
        Iterator<Fate> oldest = byCall.values().iterator();
        while (oldest.hasNext() && oldest.next().at.isBefore(before)) {
            oldest.remove();
        }
    }
}
