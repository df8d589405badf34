package dev.ringback.console.web;

import dev.ringback.schemas.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents as the read side has them. */
final class Samples {
    static Instant now() {
        return Instant.now();
    }

    private Samples() {}

    /** Fills a read side with an afternoon of two accounts. */
    static void fill(SampleReads reads) {
        reads.endpoints.add(endpoint("ep_crm", "acc_1", "CRM", "standard", "normal", 0));
        reads.endpoints.add(endpoint("ep_billing", "acc_1", "Billing", "vomyra", "unhealthy", 14));
        reads.endpoints.add(endpoint("ep_ivr", "acc_1", "IVR", "tryvox", "normal", 0));
        reads.endpoints.add(endpoint("ep_other", "acc_2", "Other", "ultravox", "disabled", 210));
        List<String> types =
                List.of("call.created", "call.answered", "call.ended", "call.analyzed");
        for (int call = 0; call < 7; call++) {
            String account = call == 6 ? "acc_2" : "acc_1";
            String id = "c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a" + (10 + call);
            reads.calls.add(call(id, account, call));
            for (int i = 0; i < types.size(); i++) {
                String event = "evt-" + call + "-" + i;
                reads.events.add(event(event, id, account, types.get(i), i + 1, call));
                deliver(reads, event, id, account, types.get(i), call, i);
            }
        }
        reads.overview = overview();
    }

    private static void deliver(
            SampleReads reads,
            String event,
            String call,
            String account,
            String type,
            int c,
            int i) {
        String id = "dlv_" + c + "x" + i;
        if (account.equals("acc_2")) {
            reads.deliveries.add(
                    delivery(
                            id,
                            event,
                            type,
                            call,
                            account,
                            "ep_other",
                            "dead",
                            "endpoint_disabled"));
        } else {
            reads.deliveries.add(
                    delivery(id + "a", event, type, call, account, "ep_crm", "delivered", null));
            String state = c < 2 ? "dead" : c == 2 ? "pending" : "delivered";
            String reason = c < 2 ? "exhausted" : c == 2 ? "timeout" : null;
            if (i == 2) {
                reads.deliveries.add(
                        delivery(
                                id + "b", event, type, call, account, "ep_billing", state, reason));
            }
            if (i == 1) {
                ObjectNode asked =
                        delivery(id + "c", event, type, call, account, "ep_ivr", "delivered", null);
                asked.put("kind", "control");
                ((ObjectNode) asked.path("attempts").path(0))
                        .put(
                                "response_body",
                                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Say\",\"text\":\"Hello\"}]}");
                reads.deliveries.add(asked);
            }
        }
    }

    static ObjectNode endpoint(
            String id, String account, String name, String dialect, String status, int failed) {
        ObjectNode endpoint =
                Json.object()
                        .put("id", id)
                        .put("account_id", account)
                        .put("name", name)
                        .put("url", "https://" + name.toLowerCase(Locale.ROOT) + ".example/hooks")
                        .put("dialect", dialect)
                        .put("status", status)
                        .put("failed_in_row", failed)
                        .put("last_status_change", now().minusSeconds(9_000).toString())
                        .put("created_at", now().minusSeconds(900_000).toString());
        endpoint.putArray("events").add(id.equals("ep_crm") ? "*" : "call.ended");
        endpoint.putObject("scope").putNull("agent_id").putNull("application_id");
        endpoint.putArray("recent_failures");
        return endpoint;
    }

    static ObjectNode call(String id, String account, int number) {
        return Json.object()
                .put("call_id", id)
                .put("account_id", account)
                .put("agent_id", "ag_" + number)
                .put("agent_name", "Front desk")
                .put("channel", number % 3 == 0 ? "web" : "phone")
                .put("direction", "inbound")
                .put("from", "+1555010" + (10 + number))
                .put("to", "+15550200")
                .put("status", number == 2 ? "in-progress" : "completed")
                .put("end_reason", number == 2 ? null : "hangup")
                .put("environment", "production")
                .put("created_at", now().minusSeconds(400L + 97L * number).toString())
                .put("duration_seconds", 125 + 31 * number)
                .put("sequence", 4);
    }

    static ObjectNode event(
            String id, String call, String account, String type, int sequence, int number) {
        ObjectNode event =
                Json.object()
                        .put("event_id", id)
                        .put("subject_id", call)
                        .put("account_id", account)
                        .put("type", type)
                        .put("sequence", sequence)
                        .put(
                                "occurred_at",
                                now().minusSeconds(400L + 97L * number - 20L * sequence)
                                        .toString());
        event.putObject("call").put("status", "completed").put("duration_seconds", 125);
        return event;
    }

    static ObjectNode delivery(
            String id,
            String event,
            String type,
            String call,
            String account,
            String endpoint,
            String state,
            @Nullable String reason) {
        ObjectNode delivery =
                Json.object()
                        .put("delivery_id", id)
                        .put("event_id", event)
                        .put("event_type", type)
                        .put("webhook_event", type)
                        .put("subject_id", call)
                        .put("account_id", account)
                        .put("endpoint_id", endpoint)
                        .put("dialect", "standard")
                        .put("kind", "notify")
                        .put("sequence", 3)
                        .put("created_at", now().minusSeconds(300).toString())
                        .put("state", state)
                        .put("reason", reason)
                        .put("last_attempt_at", now().minusSeconds(250).toString())
                        .put("last_status", state.equals("delivered") ? 204 : 503)
                        .put("last_duration_ms", state.equals("delivered") ? 18 : 2_011)
                        .put(
                                "next_due_at",
                                state.equals("pending") ? now().plusSeconds(95).toString() : null)
                        .put(
                                "died_at",
                                state.equals("dead") ? now().minusSeconds(40).toString() : null)
                        .put("content_type", "application/json")
                        .put(
                                "body",
                                "{\"type\":\""
                                        + type
                                        + "\",\"timestamp\":\"2026-11-23T09:12:31.250Z\",\"data\":{\"call\":{\"call_id\":\""
                                        + call
                                        + "\",\"status\":\"completed\"},\"event\":{\"id\":\""
                                        + event
                                        + "\",\"sequence\":3}}}");
        ArrayNode attempts = delivery.putArray("attempts");
        int count = state.equals("delivered") ? 1 : state.equals("dead") ? 4 : 2;
        for (int i = 1; i <= count; i++) {
            attempts.add(attempt(i, state, i == count));
        }
        return delivery;
    }

    static ObjectNode attempt(int number, String state, boolean last) {
        boolean good = state.equals("delivered");
        ObjectNode attempt =
                Json.object()
                        .put("attempt_id", "att_" + number)
                        .put("attempt", number)
                        .put("trigger", "scheduled")
                        .put("at", now().minusSeconds(260 - 5L * number).toString())
                        .put("duration_ms", good ? 18 : 2_011)
                        .put("url", "https://crm.example/hooks")
                        .put("response_status", good ? 204 : 503)
                        .put("response_body", good ? "" : "{\"error\":\"maintenance\"}")
                        .put(
                                "outcome",
                                good
                                        ? "delivered"
                                        : last && state.equals("dead") ? "dead" : "retry")
                        .put("reason", good ? null : "status_503");
        attempt.putObject("request_headers")
                .put("Content-Type", "application/json")
                .put("User-Agent", "Ringback/0.1.0")
                .put("webhook-signature", "v1,***")
                .put("Ringback-Attempt", Integer.toString(number));
        attempt.putObject("response_headers")
                .put("Server", "nginx")
                .put("Date", "Tue, 01 Dec 2026 12:51:08 GMT");
        return attempt;
    }

    static ObjectNode overview() {
        ObjectNode all =
                Json.object()
                        .put("at", now().toString())
                        .put("success_share", 0.9874)
                        .put("pending", 61)
                        .put("delivered", 9_702)
                        .put("dead", 48);
        all.putObject("rates")
                .put("events_per_s", 14.2)
                .put("attempts_per_s", 27.9)
                .put("delivered_per_s", 27.1);
        all.putObject("latency").put("p50_ms", 23).put("p95_ms", 148).put("p99_ms", 1_904);
        ArrayNode waiting = all.putArray("waiting");
        waiting.addObject().putNull("rung").put("deliveries", 4);
        waiting.addObject().put("rung", "4s").put("deliveries", 11);
        waiting.addObject().put("rung", "30s").put("deliveries", 31);
        waiting.addObject().put("rung", "2m").put("deliveries", 15);
        all.putObject("oldest_waiting")
                .put("delivery_id", "dlv_2x2b")
                .put("created_at", now().minusSeconds(300).toString());
        all.putArray("open_breakers")
                .addObject()
                .put("endpoint_id", "ep_billing")
                .put("name", "Billing")
                .put("account_id", "acc_1")
                .put("failed_in_row", 14)
                .put("failing_since", now().minusSeconds(1_500).toString());
        ArrayNode series = all.putArray("series");
        for (int i = 60; i > 0; i--) {
            series.addObject()
                    .put("at", now().minus(Duration.ofMinutes(i)).toString())
                    .put("delivered", (long) (1_400 + 420 * Math.sin(i / 6.0) + 37 * (i % 5)))
                    .put("failed", i > 22 && i < 31 ? 190 + 11 * (i % 4) : i % 9)
                    .put("deferred", 0)
                    .put("dead", i % 17 == 0 ? 6 : 0);
        }
        return all;
    }
}
