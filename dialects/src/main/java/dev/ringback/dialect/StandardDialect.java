package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.Encoding;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.schemas.SignatureScheme.Timestamp;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Standard Webhooks 1.0.0: every event type, {@code webhook-id}, {@code webhook-timestamp} and
 * {@code webhook-signature}, the schedule of its "Deliverability and reliability" section, 410 as
 * the wish for nothing more.
 */
final class StandardDialect implements Dialect {
    private static final String SECRET_PREFIX = "whsec_";
    private static final int NEW_SECRET_BYTES = 32;
    private static final int LEAST_SECRET_BYTES = 24;
    private static final int MOST_SECRET_BYTES = 64;

    private static final SignatureScheme SIGNATURE =
            new SignatureScheme(
                    Map.of(
                            "webhook-id", "{id}",
                            "webhook-timestamp", "{timestamp}",
                            "webhook-signature", "v1,{signature}"),
                    "{id}.{timestamp}.{body}",
                    " ",
                    Timestamp.unix_seconds,
                    Algorithm.HMAC_SHA256,
                    Encoding.base64,
                    SecretForm.base64);

    private static final List<Duration> SCHEDULE =
            Stream.of("5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h")
                    .map(Units::duration)
                    .toList();

    @Override
    public String name() {
        return "standard";
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
        data.set("call", call == null ? Json.shared().getNodeFactory().nullNode() : call.whole());
        data.set("event", own);
        ObjectNode body =
                Json.object().put("type", event.type().text()).put("timestamp", event.occurredAt());
        body.set("data", data);
        return Json.bytes(body);
    }

    @Override
    public SignatureScheme signature() {
        return SIGNATURE;
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(20);
    }

    @Override
    public List<Duration> schedule() {
        return SCHEDULE;
    }

    @Override
    public boolean goneIsFinal() {
        return true;
    }

    @Override
    public Rules rules() {
        return Rules.ANY;
    }

    @Override
    public String newSecret(RandomGenerator random) {
        byte[] key = new byte[NEW_SECRET_BYTES];
        random.nextBytes(key);
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(key);
    }

    @Override
    public Optional<String> faultIn(String secret) {
        String form = "is not whsec_ and the base64 of 24 to 64 bytes";
        if (!secret.startsWith(SECRET_PREFIX)) {
            return Optional.of(form);
        }
        try {
            int bytes = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length())).length;
            boolean fits = bytes >= LEAST_SECRET_BYTES && bytes <= MOST_SECRET_BYTES;
            return fits ? Optional.empty() : Optional.of(form + "; it has " + bytes);
        } catch (IllegalArgumentException e) {
            return Optional.of(form);
        }
    }
}
