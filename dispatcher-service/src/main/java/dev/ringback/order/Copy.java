package dev.ringback.order;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.core.JacksonException;

/**
 * One copy of a delivery in Kafka, by hashes: 64 bits keep a million of them apart, and what they
 * once in a million installations confuse waits for a stranger or is not waited for.
 *
 * @param owner the endpoint
 * @param key of the delivery, such as all deliveries of one call to one endpoint have
 * @param name the same for the same copy, whoever reads or writes it
 * @param sequence the place of the delivery among those of its key
 * @param dueMillis when it is due, where it waits on a rung; {@link #UNKNOWN} elsewhere
 */
public record Copy(long owner, long key, long name, long sequence, long dueMillis) {
    /** Not waiting for any time. */
    static final long UNKNOWN = Long.MIN_VALUE;

    /** The copy that a record of a topic is. */
    public static Copy of(String topic, DeliveryHeader header) {
        if (isRung(topic)) {
            return onRung(header);
        }
        long name = hash(hash(replays(header), header.deliveryId()), topic);
        long owner = owner(header.endpointId());
        return new Copy(owner, key(header), mix(name), header.sequence(), UNKNOWN);
    }

    /** The first part of the key, so that the headers of others need not be read. */
    static String endpointId(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key() == null ? new byte[0] : record.key();
        int length = 0;
        while (length < key.length && key[length] != ':') {
            length++;
        }
        return new String(key, 0, length, StandardCharsets.UTF_8);
    }

    /**
     * The copy that a record is; empty when it is no delivery: whoever dispatches it finds that
     * out, too.
     */
    static Optional<Copy> read(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(DeliveryHeader.NAME);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(record.topic(), DeliveryHeader.read(header.value())));
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
    }

    /** The copy on a rung with this header: each time it is put on one it is another. */
    static Copy onRung(DeliveryHeader header) {
        Instant putAt = header.putAt();
        long name = hash(replays(header), header.deliveryId());
        name = mix(name + header.attempt());
        name = mix(name + (putAt == null ? 0 : putAt.toEpochMilli()));
        long owner = owner(header.endpointId());
        long due = header.dueAt().toEpochMilli();
        return new Copy(owner, key(header), name, header.sequence(), due);
    }

    /** Whether records wait in a topic until they are due. */
    static boolean isRung(String topic) {
        return topic.startsWith(Topics.RETRY_PREFIX);
    }

    /** What tells an endpoint's copies from those of others. */
    static long owner(String endpointId) {
        return mix(hash(0, endpointId));
    }

    private static long key(DeliveryHeader header) {
        return mix(hash(hash(0, header.endpointId()), header.subjectId()));
    }

    private static int replays(DeliveryHeader header) {
        return header.replay() == null ? 0 : header.replay().count();
    }

    private static long hash(long before, String text) {
        long hash = mix(before + text.length());
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** Spreads every bit over all others, as MurmurHash3 ends. */
    private static long mix(long bits) {
        long mixed = bits;
        mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
