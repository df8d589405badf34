package dev.ringback.ingest.health;

import dev.ringback.ingest.health.HealthRules.Change;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The event that tells an account of a change in one of its endpoints. Its id is a function of the
 * endpoint and its version, so that a command decided twice announces once.
 */
public final class Announcement {
    private Announcement() {}

    /**
     * The event, if the change is one that somebody need know.
     *
     * @param endpoint after the change
     * @param previous its status before
     */
    public static Optional<CallEvent> of(
            Endpoint endpoint, Status previous, Change change, Instant now) {
        EventType type = change.announced();
        if (type == null) {
            return Optional.empty();
        }
        CallEvent event =
                CallEvent.of(
                                "evt_" + endpoint.id() + "_" + endpoint.version(),
                                type,
                                now,
                                endpoint.accountId(),
                                endpoint.id())
                        .withData(data(endpoint, previous, change.reason()));
        String environment = endpoint.config().scope().environment();
        return Optional.of(environment == null ? event : event.withEnvironment(environment));
    }

    /**
     * What the event says.
     *
     * @param endpoint after the change
     * @param previous its status before
     */
    public static ObjectNode data(Endpoint endpoint, Status previous, String reason) {
        ObjectNode data =
                Json.object()
                        .put("name", endpoint.config().name())
                        .put("dialect", endpoint.dialect())
                        .put("url", withoutQuery(endpoint.url()))
                        .put("status", endpoint.status().name())
                        .put("previous_status", previous.name())
                        .put("reason", reason);
        data.set("recent_failures", Json.shared().valueToTree(endpoint.state().recentFailures()));
        Scope scope = endpoint.config().scope();
        data.put("agent_id", scope.agentId());
        data.put("application_id", scope.applicationId());
        data.put("phone_number_id", scope.phoneNumberId());
        return data;
    }

    /** A query may hold a token. */
    private static String withoutQuery(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
