package dev.ringback.chaos;

import dev.ringback.evidence.Expected;
import dev.ringback.schemas.Json;
import dev.ringback.subscribers.Subscriber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call that is to happen: its events, one after another.
 *
 * @param words some text that its events carry
 */
record Script(String callId, String account, String environment, String words) {
    private static final List<String> WORDS =
            List.of(
                    "reservation",
                    "Rückruf",
                    "नमस्ते",
                    "折り返し",
                    "invoice",
                    "\"quoted\"",
                    "a\\b",
                    "été");
    private static final int STAGING_OF_TEN = 1;

    /** As many calls as make up this number of events. */
    static List<Script> wave(int wave, int events, int accounts, Random random) {
        List<Script> calls = new ArrayList<>();
        for (int i = 0; i < events / Population.TYPES.size(); i++) {
            boolean staging = random.nextInt(10) < STAGING_OF_TEN;
            StringBuilder words = new StringBuilder();
            for (int n = random.nextInt(2, 40); n > 0; n--) {
                words.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
            }
            calls.add(
                    new Script(
                            "call-" + wave + "-" + i,
                            Population.account(random.nextInt(accounts)),
                            staging ? Population.STAGING : "production",
                            words.toString()));
        }
        return calls;
    }

    /** How many events it has. */
    int length() {
        return Population.TYPES.size();
    }

    /** One of its events, from 0, as its producer writes it. */
    ObjectNode event(int index, Instant now) {
        ObjectNode event =
                Json.object()
                        .put("id", eventId(index))
                        .put("type", Population.TYPES.get(index))
                        .put("occurred_at", now.toString())
                        .put("account_id", account)
                        .put("call_id", callId)
                        .put("environment", environment);
        event.putObject("call").put("direction", "inbound").put("summary", words);
        return event;
    }

    private String eventId(int index) {
        return "evt-" + callId + "-" + index;
    }

    /** Every delivery that has to come of it. */
    List<Expected> deliveries(Map<Subscriber, String> endpointIds) {
        List<Expected> all = new ArrayList<>();
        for (int i = 0; i < length(); i++) {
            String type = Population.TYPES.get(i);
            for (Map.Entry<Subscriber, String> entry : endpointIds.entrySet()) {
                Subscriber subscriber = entry.getKey();
                if (subscriber.wants(account, type, environment)) {
                    all.add(new Expected(callId, eventId(i), i + 1, subscriber, entry.getValue()));
                }
            }
        }
        return all;
    }
}
