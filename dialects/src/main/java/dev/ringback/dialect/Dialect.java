package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.SignatureScheme;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One vendor's way with webhooks. An implementation is one file; its bodies depend on the event,
 * the Call and the endpoint alone, so that whoever renders an event again finds the same bytes.
 */
public interface Dialect {
    /** The content type of a body that goes into the query of a GET. */
    String FORM = "application/x-www-form-urlencoded";

    /**
     * What the vendor asks of its endpoints.
     *
     * @param nameRequired whether an endpoint has to have a name
     * @param agentRequired whether an endpoint has to belong to one agent
     * @param drafts whether an agent's endpoints are a draft until they are deployed
     * @param mostPerAgent how many endpoints one agent may have; 0: any number
     * @param mostUrl the longest URL, in characters
     * @param mostSecret the longest secret, in characters
     */
    record Rules(
            boolean nameRequired,
            boolean agentRequired,
            boolean drafts,
            int mostPerAgent,
            int mostUrl,
            int mostSecret) {
        /** What we ask of every endpoint. */
        public static final Rules ANY = new Rules(false, false, false, 0, 2_048, 512);
    }

    /**
     * A vendor's facts that need no code.
     *
     * @param alwaysSigns whether every endpoint has a secret
     * @param timeout the total time of one attempt
     * @param schedule the waits after the first, second, … failed attempt
     * @param goneIsFinal whether 410 means that the endpoint wants nothing more
     */
    record Facts(
            SignatureScheme signature,
            boolean alwaysSigns,
            Duration timeout,
            List<Duration> schedule,
            boolean goneIsFinal,
            Rules rules) {
        /** Copies the schedule. */
        public Facts {
            schedule = List.copyOf(schedule);
        }
    }

    /** The name in the API and in every delivery. */
    String name();

    /** The vendor's name for an event, empty when the vendor does not send it. */
    Optional<String> webhookEvent(EventType type);

    /**
     * The body, to the byte.
     *
     * @param event of a type that {@link #webhookEvent} has a name for
     * @param call the Call after the event; null when the event is not about a call
     * @param sequence the number of the event among its subject's
     * @param callback which URL of an application or call it goes to; null when to none of these
     */
    byte[] body(
            CallEvent event,
            @Nullable Call call,
            long sequence,
            Endpoint.@Nullable Callback callback);

    /**
     * The Call as the vendor's own API shows it to who gets one.
     *
     * @param call which must not be changed
     */
    default ObjectNode getCall(Call call) {
        return call.whole();
    }

    /** The body's content type; {@link #FORM}: it is the query of a GET. */
    default String contentType(Endpoint.@Nullable Callback callback) {
        return "application/json";
    }

    /** The vendor's facts that need no code. */
    Facts facts();

    /** How attempts are signed, unless the endpoint says otherwise. */
    default SignatureScheme signature() {
        return facts().signature();
    }

    /** Whether every endpoint has a secret; otherwise one without is called unsigned. */
    default boolean alwaysSigns() {
        return facts().alwaysSigns();
    }

    /** The total time of one attempt, unless the endpoint says otherwise. */
    default Duration timeout() {
        return facts().timeout();
    }

    /** The waits after the first, second, … failed attempt, unless the endpoint says otherwise. */
    default List<Duration> schedule() {
        return facts().schedule();
    }

    /** Whether 410 means that the endpoint wants nothing more. */
    default boolean goneIsFinal() {
        return facts().goneIsFinal();
    }

    /** What the vendor asks of its endpoints. */
    default Rules rules() {
        return facts().rules();
    }

    /** A new secret of the vendor's form. */
    default String newSecret(RandomGenerator random) {
        return Secrets.text(random);
    }

    /** What is wrong with a secret that a subscriber brings, if anything. */
    default Optional<String> faultIn(String secret) {
        return Secrets.faultInText(secret, rules().mostSecret());
    }
}
