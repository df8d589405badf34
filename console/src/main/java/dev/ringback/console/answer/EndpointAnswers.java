package dev.ringback.console.answer;

import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked of endpoints, from the registry's topic: small, and whole in every instance. */
public final class EndpointAnswers implements Lifecycle.Part {
    /** So many failures in a row make the dispatcher send one request at a time. */
    private static final int BREAKS_AFTER = 5;

    private final TopicTable<Endpoint> table;

    /** Reads the registry of this Kafka. */
    public EndpointAnswers(KafkaClients clients) {
        this.table =
                new TopicTable<>(Topics.ENDPOINTS, clients, Endpoint::read, Endpoint::accountId);
    }

    @Override
    public void start() {
        table.start();
    }

    @Override
    public void stop() {
        table.stop();
    }

    Page endpoints(View view, @Nullable String cursor, int limit) {
        if (limit < 1 || limit > CallQuery.MOST) {
            throw Lists.wrong("limit", "is not from 1 to " + CallQuery.MOST);
        }
        String after = cursor == null ? "" : text(cursor);
        List<Endpoint> found =
                called(view)
                        .filter(one -> order(one).compareTo(after) > 0)
                        .sorted(Comparator.comparing(EndpointAnswers::order))
                        .limit(limit + 1L)
                        .toList();
        ArrayNode items = Json.shared().createArrayNode();
        found.stream().limit(limit).forEach(one -> items.add(json(one)));
        String next =
                found.size() > limit
                        ? Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(
                                        order(found.get(limit - 1))
                                                .getBytes(StandardCharsets.UTF_8))
                        : null;
        return new Page(items, next, !table.caughtUp());
    }

    private static String text(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Lists.wrong("cursor", "is not one that a page has named");
        }
    }

    private static String order(Endpoint endpoint) {
        return Objects.toString(endpoint.config().name(), "") + "\0" + endpoint.key();
    }

    private Stream<Endpoint> called(View view) {
        return table.all().stream()
                .filter(one -> view.sees(one.accountId()))
                .filter(one -> one.config().group() == null);
    }

    ObjectNode endpoint(View view, String id) {
        return table.get(id)
                .filter(one -> view.sees(one.accountId()))
                .map(EndpointAnswers::json)
                .orElseThrow(() -> Problem.of(404, "there is no endpoint " + id));
    }

    /** Whose an endpoint is; one that was deleted is nobody's. */
    Optional<String> account(String id) {
        return table.get(id).map(Endpoint::accountId);
    }

    private static ObjectNode json(Endpoint endpoint) {
        Endpoint.State state = endpoint.state();
        ObjectNode json =
                Json.object()
                        .put("id", endpoint.id())
                        .put("account_id", endpoint.accountId())
                        .put("name", endpoint.config().name())
                        .put("url", endpoint.url())
                        .put("dialect", endpoint.dialect());
        ArrayNode events = json.putArray("events");
        endpoint.config().events().forEach(events::add);
        json.set("scope", Json.tree(endpoint.config().scope()));
        json.put("status", state.status().name())
                .put("last_status_change", state.lastStatusChange().toString())
                .put("failed_in_row", state.failedInRow());
        ArrayNode failures = json.putArray("recent_failures");
        state.recentFailures().forEach(one -> failures.add((JsonNode) Json.tree(one)));
        return json.put("stage", endpoint.stage() == null ? null : endpoint.stage().name())
                .put("created_at", endpoint.createdAt().toString())
                .put("updated_at", endpoint.updatedAt().toString())
                .put("version", endpoint.version());
    }

    /** The endpoints that are sent one request at a time, because all have failed of late. */
    ArrayNode openBreakers(View view) {
        ArrayNode open = Json.shared().createArrayNode();
        called(view)
                .filter(one -> one.state().failedInRow() >= BREAKS_AFTER)
                .sorted(Comparator.comparing(Endpoint::key))
                .forEach(
                        one ->
                                open.addObject()
                                        .put("endpoint_id", one.id())
                                        .put("name", one.config().name())
                                        .put("account_id", one.accountId())
                                        .put("failed_in_row", one.state().failedInRow())
                                        .put(
                                                "failing_since",
                                                Objects.toString(
                                                        one.state().failingSince(), null)));
        return open;
    }
}
