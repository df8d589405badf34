package dev.ringback.schemas;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ringback.schemas.Endpoint.Stage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a delivery but its body: the JSON of the record header {@value #NAME}. Retries
 * and replays change this and nothing else.
 *
 * @param deliveryId the same over every retry and replay of this event to this endpoint
 * @param webhookEvent the event's name in the endpoint's dialect
 * @param sequence the number of the event among its subject's, from 1
 * @param createdAt when the event reached {@code call.events}
 * @param attempt the number of the attempt this record asks for, from 1; in {@code dead} the number
 *     made
 * @param dueAt no attempt is made before this
 * @param reason why it is dead; null while it lives
 * @param askedUntil until when the receiver asked to be left alone; null when it did not
 * @param via how it goes out, where that is not simply a POST to the endpoint; null where it is
 * @param putAt when it was put on its rung, by the clock of who put it there; null elsewhere
 * @param waitsFor why it waits without using the attempt it asks for; null when it does not
 */
public record DeliveryHeader(
        String deliveryId,
        String eventId,
        String eventType,
        String webhookEvent,
        String subjectId,
        String accountId,
        String endpointId,
        String dialect,
        Kind kind,
        String contentType,
        long sequence,
        Instant createdAt,
        int attempt,
        Instant dueAt,
        @Nullable Instant firstAttemptAt,
        @Nullable Integer lastStatus,
        @Nullable String lastReason,
        @Nullable Replay replay,
        Origin origin,
        @Nullable Instant askedUntil,
        @Nullable Via via,
        @Nullable Reason reason,
        @Nullable Instant diedAt,
        @Nullable Instant putAt,
        @Nullable String waitsFor) {

    /** Checks that it names a delivery that can be tried, or has been. */
    public DeliveryHeader {
        Stream.of(deliveryId, eventId, eventType, subjectId, accountId, endpointId, dialect)
                .forEach(Objects::requireNonNull);
        Stream.of(webhookEvent, kind, contentType, createdAt, dueAt, origin)
                .forEach(Objects::requireNonNull);
        if (attempt < 0 || (attempt == 0 && reason == null)) {
            throw new IllegalArgumentException("attempt " + attempt);
        }
    }

    /** The name of the record header that holds this. */
    public static final String NAME = "ringback-delivery";

    /** Whether the receiver is told or asked. */
    public enum Kind {
        notify,
        control
    }

    /**
     * The replay a delivery is part of.
     *
     * @param id the replay's own id
     * @param count how often this delivery has been replayed so far
     * @param at when it was replayed; its age counts from here
     * @param from the dead record it was made of, by those who say
     */
    public record Replay(
            String id,
            int count,
            Instant at,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable From from) {
        /** A replay that does not say of which record. */
        public Replay(String id, int count, Instant at) {
            this(id, count, at, null);
        }
    }

    /** A dead record, and how often that record has been replayed by now. */
    public record From(int partition, long offset, int times) {}

    /**
     * How a delivery goes out, where that is not simply a POST to the endpoint.
     *
     * @param stage which of the endpoint's two configurations it goes by; null where it has one
     * @param url the call's own URL; null: the endpoint's
     * @param secrets the call's own, oldest first, sealed for {@link #ownerOfSecrets}
     * @param signedBy the record of {@code webhook.endpoints} whose secrets sign when the call has
     *     none; null: none does
     * @param method {@code GET} when the body is the query; null: {@code POST}
     * @param test somebody wants to see whether it arrives; it is tried once
     * @param question what is asked with it; null: it tells, and asks nothing
     */
    public record Via(
            @Nullable Stage stage,
            @Nullable String url,
            List<String> secrets,
            @Nullable String signedBy,
            @Nullable String method,
            boolean test,
            @Nullable Question question) {
        /** Copies the list. */
        public Via {
            secrets = List.copyOf(secrets);
        }

        /** A way out that asks nothing. */
        public Via(
                @Nullable Stage stage,
                @Nullable String url,
                List<String> secrets,
                @Nullable String signedBy,
                @Nullable String method,
                boolean test) {
            this(stage, url, secrets, signedBy, method, test, null);
        }
    }

    /**
     * That it asks what its call does next.
     *
     * @param source which of the two URLs is asked
     * @param fallback how the other one is asked when this one has no answer; null: it is not
     */
    public record Question(Source source, @Nullable Fallback fallback) {
        /** The two URLs that may say what a call does next. */
        public enum Source {
            answer,
            fallback
        }

        /** The way to the fallback, under an endpoint id of its own. */
        public record Fallback(String endpointId, Via via) {}
    }

    /** The associated data of secrets that a call brings. */
    public static String ownerOfSecrets(String accountId, String subjectId) {
        return accountId + "/" + subjectId;
    }

    /**
     * A delivery that has not been tried yet.
     *
     * @param createdAt when the event reached {@code call.events}; it is due at once
     */
    public static DeliveryHeader first(
            CallEvent event,
            long sequence,
            String webhookEvent,
            String endpointId,
            String dialect,
            String contentType,
            Instant createdAt,
            Origin origin,
            @Nullable Via via) {
        return new DeliveryHeader(
                deliveryId(event.subjectId(), event.id(), endpointId),
                event.id(),
                event.type().text(),
                webhookEvent,
                event.subjectId(),
                event.accountId(),
                endpointId,
                dialect,
                via != null && via.question() != null ? Kind.control : Kind.notify,
                contentType,
                sequence,
                createdAt,
                1,
                createdAt,
                null,
                null,
                null,
                null,
                origin,
                null,
                via,
                null,
                null,
                null,
                null);
    }

    /** The event's place in Kafka. */
    public record Origin(String topic, int partition, long offset) {}

    /** The delivery's key in every delivery topic. */
    public String key() {
        return endpointId + ":" + subjectId;
    }

    /** The header's bytes. */
    public byte[] bytes() {
        return Json.bytes(this);
    }

    /**
     * Reads what {@link #bytes} wrote.
     *
     * @throws tools.jackson.core.JacksonException when the bytes are something else
     */
    public static DeliveryHeader read(byte[] bytes) {
        return Json.read(bytes, DeliveryHeader.class);
    }

    /**
     * The delivery id of an event at an endpoint: a fixed function of the three ids, so that
     * whoever routes the event again finds the same one.
     */
    public static String deliveryId(String subjectId, String eventId, String endpointId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {subjectId, eventId, endpointId}) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            byte[] half = new byte[16];
            System.arraycopy(digest.digest(), 0, half, 0, half.length);
            return "dlv_" + Base64.getUrlEncoder().withoutPadding().encodeToString(half);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** How long this delivery has been trying since it was made or last replayed. */
    public Duration age(Instant now) {
        return Duration.between(replay == null ? createdAt : replay.at(), now);
    }

    /** The same delivery asking for its next attempt, after one that failed. */
    public DeliveryHeader retry(
            Instant firstAttempt, Instant due, @Nullable Integer status, String why) {
        return moved(attempt + 1, due, firstAttempt, status, why, replay, null, null);
    }

    /** The same delivery, which the receiver wants to be left alone with until then. */
    public DeliveryHeader asked(Instant until) {
        return moved(
                attempt,
                dueAt,
                firstAttemptAt,
                lastStatus,
                lastReason,
                replay,
                reason,
                diedAt,
                putAt,
                until,
                waitsFor);
    }

    /** The same delivery waiting for the same attempt, because of something on our side. */
    public DeliveryHeader deferred(Instant due, String why) {
        return moved(
                attempt,
                due,
                firstAttemptAt,
                lastStatus,
                lastReason,
                replay,
                null,
                null,
                null,
                askedUntil,
                why);
    }

    /**
     * The same delivery, dead, after an attempt that was its last.
     *
     * @param lastWhy what that attempt ran into
     */
    public DeliveryHeader dead(
            Reason why,
            Instant died,
            @Nullable Instant firstAttempt,
            @Nullable Integer status,
            @Nullable String lastWhy) {
        return moved(attempt, died, firstAttempt, status, lastWhy, replay, why, died);
    }

    /** The same delivery, dead without the attempt it was waiting for. */
    public DeliveryHeader deadUntried(Reason why, Instant died) {
        int made = attempt - 1;
        return moved(made, died, firstAttemptAt, lastStatus, lastReason, replay, why, died);
    }

    /** The dead delivery living again: a new schedule from attempt 1. */
    public DeliveryHeader replayed(String replayId, Instant now) {
        return replayed(new Replay(replayId, replay == null ? 1 : replay.count() + 1, now));
    }

    /** The same, in this replay. */
    public DeliveryHeader replayed(Replay next) {
        return moved(1, next.at(), null, lastStatus, lastReason, next, null, null);
    }

    /** The same delivery as it is put on a rung. */
    public DeliveryHeader put(Instant at) {
        return moved(
                attempt,
                dueAt,
                firstAttemptAt,
                lastStatus,
                lastReason,
                replay,
                reason,
                diedAt,
                at,
                askedUntil,
                waitsFor);
    }

    private DeliveryHeader moved(
            int toAttempt,
            Instant due,
            @Nullable Instant firstAttempt,
            @Nullable Integer status,
            @Nullable String lastWhy,
            @Nullable Replay inReplay,
            @Nullable Reason why,
            @Nullable Instant died) {
        return moved(
                toAttempt,
                due,
                firstAttempt,
                status,
                lastWhy,
                inReplay,
                why,
                died,
                null,
                askedUntil,
                null);
    }

    private DeliveryHeader moved(
            int toAttempt,
            Instant due,
            @Nullable Instant firstAttempt,
            @Nullable Integer status,
            @Nullable String lastWhy,
            @Nullable Replay inReplay,
            @Nullable Reason why,
            @Nullable Instant died,
            @Nullable Instant put,
            @Nullable Instant asked,
            @Nullable String waits) {
        return new DeliveryHeader(
                deliveryId,
                eventId,
                eventType,
                webhookEvent,
                subjectId,
                accountId,
                endpointId,
                dialect,
                kind,
                contentType,
                sequence,
                createdAt,
                toAttempt,
                due,
                firstAttempt,
                status,
                lastWhy,
                inReplay,
                origin,
                asked,
                via,
                why,
                died,
                put,
                waits);
    }
}
