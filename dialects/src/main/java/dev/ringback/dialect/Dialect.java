package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One vendor's way with webhooks. An implementation is one file; its bodies depend on the event and
 * the Call alone, so that whoever renders an event again finds the same bytes.
 */
public interface Dialect {
    /** The name in the API and in every delivery. */
    String name();

    /** The vendor's name for an event, empty when the vendor does not send it. */
    Optional<String> webhookEvent(EventType type);

    /**
     * The body, to the byte.
     *
     * @param call the Call after the event; null when the event is not about a call
     * @param sequence the number of the event among its subject's
     */
    byte[] body(CallEvent event, @Nullable Call call, long sequence);

    /** How attempts are signed, unless the endpoint says otherwise. */
    SignatureScheme signature();

    /** The total time of one attempt, unless the endpoint says otherwise. */
    Duration timeout();

    /** The waits after the first, second, … failed attempt, unless the endpoint says otherwise. */
    List<Duration> schedule();

    /** Whether 410 means that the endpoint wants nothing more. */
    boolean goneIsFinal();

    /** A new secret of the vendor's form. */
    String newSecret(RandomGenerator random);

    /** What is wrong with a secret that a subscriber brings, if anything. */
    Optional<String> faultIn(String secret);
}
