package dev.ringback.dispatch;

import dev.ringback.measure.Traces;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One event on its way to one endpoint: the body that never changes, and the header that says where
 * it stands.
 *
 * @param record as it was read; its key, body and partition go along unchanged
 */
record Delivery(DeliveryHeader header, ConsumerRecord<byte[], byte[]> record) {
    private static final byte[] NO_BODY = {};

    /** Times beyond cannot be reckoned with. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    /** How the ids of URLs begin that a call brings. */
    private static final String OF_CALL = "cep_";

    /**
     * A record of a delivery topic that is no delivery; nothing but a foreign producer makes one.
     */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** Reads a record of a delivery topic. */
    static Delivery read(ConsumerRecord<byte[], byte[]> record) throws Unreadable {
        Header header = record.headers().lastHeader(DeliveryHeader.NAME);
        if (header == null || header.value() == null) {
            throw new Unreadable("no header " + DeliveryHeader.NAME);
        }
        try {
            DeliveryHeader read = DeliveryHeader.read(header.value());
            for (Instant time : times(read)) {
                if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                    throw new Unreadable(DeliveryHeader.NAME + " names the time " + time);
                }
            }
            return new Delivery(read, record);
        } catch (JacksonException e) {
            throw new Unreadable(DeliveryHeader.NAME + ": " + Json.fault(e));
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new Unreadable(DeliveryHeader.NAME + " is not whole");
        }
    }

    private static List<Instant> times(DeliveryHeader header) {
        return Stream.of(
                        header.createdAt(),
                        header.dueAt(),
                        header.putAt(),
                        header.askedUntil(),
                        header.replay() == null ? null : header.replay().at())
                .filter(Objects::nonNull)
                .toList();
    }

    /** The endpoint's id, which the key of every record of a delivery topic begins with. */
    static String endpointId(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key() == null ? NO_BODY : record.key();
        int end = 0;
        while (end < key.length && key[end] != ':') {
            end++;
        }
        return new String(key, 0, end, StandardCharsets.UTF_8);
    }

    /**
     * What shares a cap, a breaker and a rate with others: its endpoint, or the host together with
     * the account when the call itself brought the URL.
     */
    static String flow(ConsumerRecord<byte[], byte[]> record) {
        String endpointId = endpointId(record);
        boolean asks = record.topic().startsWith(Topics.ANSWERS);
        if (!endpointId.startsWith(OF_CALL) && !asks) {
            return endpointId;
        }
        try {
            DeliveryHeader header = read(record).header();
            return header.via() == null || header.via().url() == null
                    ? endpointId
                    : header.accountId() + " " + URI.create(header.via().url()).getAuthority();
        } catch (Unreadable | IllegalArgumentException e) {
            return endpointId;
        }
    }

    /** The exact bytes of the body. */
    byte[] body() {
        return record.value() == null ? NO_BODY : record.value();
    }

    /** The same record on another topic, with another header and the same partition. */
    ProducerRecord<byte[], byte[]> to(String topic, DeliveryHeader moved) {
        return to(topic, record.partition(), record.key(), moved);
    }

    /** The same record among the dead, where the endpoint is part of every key. */
    ProducerRecord<byte[], byte[]> toDead(DeliveryHeader moved) {
        boolean asks = header.kind() == DeliveryHeader.Kind.control;
        byte[] key = asks ? moved.key().getBytes(StandardCharsets.UTF_8) : record.key();
        return to(Topics.DEAD, record.partition(), key, moved);
    }

    /** The same question where questions are asked, whose key is the call alone. */
    ProducerRecord<byte[], byte[]> toAnswers(DeliveryHeader moved) {
        byte[] key = header.subjectId().getBytes(StandardCharsets.UTF_8);
        return to(Topics.ANSWERS, null, key, moved);
    }

    private ProducerRecord<byte[], byte[]> to(
            String topic, @Nullable Integer partition, byte[] key, DeliveryHeader moved) {
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.remove(DeliveryHeader.NAME).add(DeliveryHeader.NAME, moved.bytes());
        return new ProducerRecord<>(topic, partition, null, key, record.value(), headers);
    }

    /** An attempt of it, for the log, with the trace that came with it. */
    ProducerRecord<byte[], byte[]> attempted(Attempt attempt) {
        byte[] key = attempt.deliveryId().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> logged =
                new ProducerRecord<>(Topics.ATTEMPTS, key, Json.bytes(attempt));
        Traces.of(record.headers()).ifPresent(trace -> Traces.add(trace, logged.headers()));
        return logged;
    }

    /** What made it be tried. */
    static Attempt.Trigger trigger(DeliveryHeader header) {
        if (header.replay() != null) {
            return Attempt.Trigger.replay;
        }
        boolean test = header.via() != null && header.via().test();
        return test ? Attempt.Trigger.test : Attempt.Trigger.scheduled;
    }
}
