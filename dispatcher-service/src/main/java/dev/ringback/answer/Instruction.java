package dev.ringback.answer;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Question;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a call does next, as {@code call.instructions} says it, or that nobody said.
 *
 * @param sequence the number of the event among its call's
 * @param replay how often the question had been replayed
 * @param source which URL answered, or was the last to be asked
 * @param instructions the whole VoxML document; null when none came
 * @param reason why none came; null when one did
 */
public record Instruction(
        String callId,
        String deliveryId,
        String eventId,
        long sequence,
        int replay,
        String source,
        @Nullable ObjectNode instructions,
        @Nullable String reason) {

    /** An accepted answer. */
    public static Instruction accepted(DeliveryHeader asked, ObjectNode voxml) {
        return of(asked, voxml, null);
    }

    /** That neither URL has answered. */
    public static Instruction failed(DeliveryHeader asked, String reason) {
        return of(asked, null, reason);
    }

    private static Instruction of(
            DeliveryHeader asked, @Nullable ObjectNode voxml, @Nullable String reason) {
        Question question = asked.via() == null ? null : asked.via().question();
        return new Instruction(
                asked.subjectId(),
                asked.deliveryId(),
                asked.eventId(),
                asked.sequence(),
                asked.replay() == null ? 0 : asked.replay().count(),
                question == null ? "answer" : question.source().name(),
                voxml,
                reason);
    }

    boolean failed() {
        return instructions == null;
    }

    /** Its record, on the partition of the question. */
    ProducerRecord<byte[], byte[]> record(int partition) {
        ObjectNode value =
                Json.object()
                        .put("call_id", callId)
                        .put("delivery_id", deliveryId)
                        .put("event_id", eventId)
                        .put("sequence", sequence)
                        .put("replay", replay)
                        .put("source", source);
        if (instructions == null) {
            value.put("failed", true).put("reason", reason);
        } else {
            value.set("instructions", instructions);
        }
        byte[] key = callId.getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topics.INSTRUCTIONS, partition, key, Json.bytes(value));
    }

    /** Reads what {@link #record} wrote. */
    static Instruction read(byte[] bytes) {
        JsonNode value = Json.parse(bytes);
        boolean failed = value.path("failed").booleanValue(false);
        ObjectNode voxml =
                value.path("instructions") instanceof ObjectNode said ? said : Json.object();
        return new Instruction(
                value.path("call_id").asString(""),
                value.path("delivery_id").asString(""),
                value.path("event_id").asString(""),
                value.path("sequence").longValue(0),
                value.path("replay").intValue(0),
                value.path("source").asString(""),
                failed ? null : voxml,
                failed ? value.path("reason").asString("") : null);
    }
}
