package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Units;
import dev.ringback.signature.Ed25519;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Standard Webhooks 1.0.0: every event type, {@code webhook-id}, {@code webhook-timestamp} and
 * {@code webhook-signature}, the schedule of its "Deliverability and reliability" section, 410 as
 * the wish for nothing more, {@code v1} signatures of {@code whsec_} secrets and {@code v1a} ones
 * of {@code whsk_} keys. Ours: what is in {@code data}.
 */
final class StandardDialect implements Dialect {
    private static final String NAME = "standard";

    private static final SignatureScheme SIGNATURE =
            SignatureScheme.parse(
                    """
                    {"headers": {"webhook-id": "{id}", "webhook-timestamp": "{timestamp}",
                                 "webhook-signature": "{version},{signature}"},
                     "message": "{id}.{timestamp}.{body}", "separator": " ",
                     "timestamp": "unix_seconds", "algorithm": "hmac-sha256",
                     "encoding": "base64", "secret": "base64"}""");

    private static final List<Duration> SCHEDULE =
            Stream.of("5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h")
                    .map(Units::duration)
                    .toList();

    private static final Facts FACTS =
            new Facts(SIGNATURE, true, Duration.ofSeconds(20), SCHEDULE, true, Rules.ANY);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Facts facts() {
        return FACTS;
    }

    @Override
    public Optional<String> webhookEvent(EventType type) {
        return Optional.of(type.text());
    }

    @Override
    public byte[] body(
            CallEvent event,
            @Nullable Call call,
            long sequence,
            Endpoint.@Nullable Callback callback) {
        ObjectNode own = Json.object().put("id", event.id()).put("sequence", sequence);
        if (call == null) {
            own.put("account_id", event.accountId());
            own.put(event.type().subject().field(), event.subjectId());
        }
        event.data()
                .properties()
                .forEach(field -> own.putIfAbsent(field.getKey(), field.getValue()));
        ObjectNode data = Json.object();
        data.set("call", call == null ? Bodies.UNKNOWN : call.whole());
        data.set("event", own);
        ObjectNode body =
                Json.object().put("type", event.type().text()).put("timestamp", event.occurredAt());
        body.set("data", call == null ? data : Bodies.extended(data, call.tree(), NAME));
        return Json.bytes(body);
    }

    @Override
    public String newSecret(RandomGenerator random) {
        return Secrets.base64(random);
    }

    @Override
    public Optional<String> faultIn(String secret) {
        return Ed25519.isKey(secret) ? Ed25519.faultIn(secret) : Secrets.faultInWhsec(secret);
    }
}
