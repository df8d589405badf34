package dev.ringback.route;

import dev.ringback.dialect.CallTargets;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventSchema.Reading;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Violation;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what lies in {@code call.events}: says whether it is a valid event, and seals the secrets
 * that a call brings before anything of it is written anywhere. Bytes without such a secret stay as
 * they are.
 */
final class Intake {
    /** Sealed for nobody: an event that is not valid has no owner, and is never opened again. */
    private static final String UNKNOWN = "";

    private final EventSchema schema;
    private final SecretBox box;
    private final boolean allowHttp;

    /** What a record turned out to be, with the bytes that may be written on. */
    sealed interface Taken {
        /** A valid event whose secrets are sealed. */
        record Event(CallEvent event, byte[] value) implements Taken {}

        /** Not a valid event. */
        record Refused(List<Violation> violations, byte[] value) implements Taken {
            /** Copies the list. */
            public Refused {
                violations = List.copyOf(violations);
            }
        }
    }

    /**
     * Reads by a schema.
     *
     * @param box seals secrets
     * @param allowHttp whether a call's URLs may be http
     */
    Intake(EventSchema schema, SecretBox box, boolean allowHttp) {
        this.schema = schema;
        this.box = box;
        this.allowHttp = allowHttp;
    }

    /**
     * Reads one record's value.
     *
     * @param madeId the id of an event that has none
     */
    Taken take(byte[] bytes, String madeId) {
        return switch (schema.read(bytes, madeId)) {
            case Reading.Invalid(List<Violation> violations) ->
                    new Taken.Refused(violations, sealed(bytes));
            case Reading.Valid(CallEvent event) -> {
                ObjectNode webhooks = event.webhooks();
                List<Violation> faults = CallTargets.faults(webhooks, allowHttp, true);
                boolean changed = CallTargets.seal(webhooks, secret -> seal(secret, event));
                byte[] written = changed ? with(webhooks, bytes) : bytes;
                yield faults.isEmpty()
                        ? new Taken.Event(event, written)
                        : new Taken.Refused(faults, written);
            }
        };
    }

    private String seal(String secret, CallEvent event) {
        return box.seal(
                secret, DeliveryHeader.ownerOfSecrets(event.accountId(), event.subjectId()));
    }

    private static byte[] with(ObjectNode webhooks, byte[] event) {
        ObjectNode document = (ObjectNode) Json.parse(event);
        document.set("webhooks", webhooks);
        return Json.bytes(document);
    }

    /**
     * What is no valid event may bring a secret all the same. Only what cannot be parsed, or is too
     * large to be an event, stays as it is.
     */
    private byte[] sealed(byte[] bytes) {
        if (bytes.length > Topics.MAX_BODY_BYTES) {
            return bytes;
        }
        try {
            JsonNode document = Json.parse(bytes);
            boolean changed =
                    CallTargets.sealAnywhere(document, secret -> box.seal(secret, UNKNOWN));
            return changed ? Json.bytes(document) : bytes;
        } catch (JacksonException e) {
            return bytes;
        }
    }
}
