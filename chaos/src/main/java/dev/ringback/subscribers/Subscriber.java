package dev.ringback.subscribers;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.receive.Verifier;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One endpoint: what it asked for, how it is to be tried, and how it answers.
 *
 * @param number from 0; its path tells it
 * @param events types it asked for
 * @param environment the only one it wants; null: any
 * @param ordered whether it wants a call's order kept
 * @param timeout of one attempt, with its unit
 * @param schedule waits between attempts, with their units
 * @param maxAge how long a delivery may wait; null: as its dialect says
 */
public record Subscriber(
        int number,
        String account,
        String dialect,
        Set<String> events,
        @Nullable String environment,
        boolean ordered,
        String timeout,
        List<String> schedule,
        @Nullable String maxAge,
        String secret,
        Behaviour behaviour) {
    /** Copies the collections. */
    public Subscriber {
        events = Set.copyOf(events);
        schedule = List.copyOf(schedule);
    }

    /** Where it is found below the address of the receivers. */
    public String path() {
        return "/hooks/" + number;
    }

    /** What tells it from most others, in a few words. */
    public String kind() {
        return behaviour.trouble()
                + (behaviour.isHopeless() ? " always" : "")
                + (ordered ? " ordered" : "");
    }

    /** Whether an event of a call goes to it. */
    public boolean wants(String eventAccount, String type, String eventEnvironment) {
        return account.equals(eventAccount)
                && events.contains(type)
                && (environment == null || environment.equals(eventEnvironment));
    }

    /**
     * The body of the request that creates it.
     *
     * @param address scheme, host and port of the receivers
     */
    public ObjectNode form(String address) {
        ObjectNode form =
                Json.object()
                        .put("account_id", account)
                        .put("name", "subscriber " + number)
                        .put("url", address + path())
                        .put("dialect", dialect)
                        .put("secret", secret);
        ArrayNode types = form.putArray("events");
        events.forEach(types::add);
        if (environment != null) {
            form.putObject("scope").put("environment", environment);
        }
        ObjectNode policy =
                form.putObject("policy").put("timeout", timeout).put("ordered", ordered);
        ArrayNode waits = policy.putArray("schedule");
        schedule.forEach(waits::add);
        if (maxAge != null) {
            policy.put("max_age", maxAge);
        }
        return form;
    }

    /** Checks what it is sent. */
    public Verifier verifier(Clock clock) {
        Dialect spoken = Dialects.named(dialect).orElseThrow();
        return new Verifier(spoken.signature(), secret, clock);
    }
}
