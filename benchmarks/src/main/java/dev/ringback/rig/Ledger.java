package dev.ringback.rig;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of everything that was accepted, read from the topics after the dispatcher has
 * stopped. A delivery is pending only when one of its records still lies beyond what was committed;
 * one that is neither that nor delivered nor dead is lost. One that was replayed has died only if
 * it did so again.
 *
 * @param dropped events that routing did not take
 * @param lost deliveries that nothing is left of
 * @param twice deliveries that are both delivered and dead
 */
public record Ledger(
        long accepted,
        long deliveries,
        long delivered,
        long pending,
        long dead,
        long dropped,
        long lost,
        long twice) {

    /** Whether everything is accounted for, once. */
    public boolean balanced() {
        return lost == 0 && twice == 0 && accepted == delivered + pending + dead + dropped;
    }

    /** As {@code --json} shows it. */
    public ObjectNode json() {
        return Json.tree(this).put("balanced", balanced());
    }

    /**
     * A ledger and what the attempts at some endpoints came to.
     *
     * @param attempts at these endpoints, by outcome
     * @param deaths of deliveries to these endpoints, by reason
     */
    public record Account(
            Ledger ledger, Map<Attempt.Result, Integer> attempts, Map<String, Integer> deaths) {
        /** Copies the maps. */
        public Account {
            attempts = Map.copyOf(attempts);
            deaths = Map.copyOf(deaths);
        }
    }

    /**
     * Reads the topics.
     *
     * @param accepted events, or deliveries that were written straight into their topics
     * @param watched the endpoints whose attempts and deaths are counted
     */
    public static Account read(KafkaClients clients, long accepted, IntPredicate watched) {
        Reader reader = new Reader(TopicScan.of(clients), watched);
        reader.read();
        return new Account(reader.ledger(accepted), reader.attempts, reader.deaths);
    }

    /** Adds up what it reads. */
    private static final class Reader {
        private static final int PENDING = 1;
        private static final int DELIVERED = 2;
        private static final int DEAD = 4;

        /** It died without having been replayed. */
        private static final int DIED = 8;

        private static final int REPLAYED = 16;

        private final TopicScan scan;
        private final IntPredicate watched;
        private final Map<String, Integer> states = new HashMap<>();
        private final Map<Attempt.Result, Integer> attempts = new EnumMap<>(Attempt.Result.class);
        private final Map<String, Integer> deaths = new TreeMap<>();
        private long dropped;

        Reader(TopicScan scan, IntPredicate watched) {
            this.scan = scan;
            this.watched = watched;
        }

        void read() {
            Map<TopicPartition, Long> committed = scan.committed();
            scan.each(
                    topic ->
                            topic.equals(Topics.DELIVERIES)
                                    || topic.startsWith(Topics.RETRY_PREFIX)
                                    || topic.startsWith(Topics.ANSWERS),
                    record -> waits(record, committed));
            scan.each(
                    Topics.REPLAY::equals,
                    record -> {
                        waits(record, committed);
                        note(header(record).deliveryId(), REPLAYED);
                    });
            scan.each(Topics.DEAD::equals, this::died);
            scan.each(Topics.ATTEMPTS::equals, this::tried);
            scan.each(Topics.EVENTS_INVALID::equals, record -> dropped++);
        }

        private void waits(
                ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> committed) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            boolean open = record.offset() >= committed.getOrDefault(partition, 0L);
            note(header(record).deliveryId(), open ? PENDING : 0);
        }

        private void died(ConsumerRecord<byte[], byte[]> record) {
            DeliveryHeader header = header(record);
            note(header.deliveryId(), header.replay() == null ? DIED : DEAD);
            if (watched.test(Subscribers.number(header.endpointId()))) {
                deaths.merge(String.valueOf(header.reason()), 1, Integer::sum);
            }
        }

        private void tried(ConsumerRecord<byte[], byte[]> record) {
            Attempt attempt = Json.read(record.value(), Attempt.class);
            note(
                    attempt.deliveryId(),
                    attempt.outcome() == Attempt.Result.delivered ? DELIVERED : 0);
            if (watched.test(Subscribers.number(attempt.endpointId()))) {
                attempts.merge(attempt.outcome(), 1, Integer::sum);
            }
        }

        private void note(String delivery, int state) {
            states.merge(delivery, state, (before, more) -> before | more);
        }

        private static int end(int state) {
            int dead = (state & (DIED | REPLAYED)) == DIED ? DEAD : 0;
            return (state | dead) & (PENDING | DELIVERED | DEAD);
        }

        Ledger ledger(long accepted) {
            states.replaceAll((delivery, state) -> end(state));
            return new Ledger(
                    accepted,
                    states.size(),
                    count(DELIVERED, 0),
                    count(PENDING, DELIVERED | DEAD),
                    count(DEAD, DELIVERED),
                    dropped,
                    states.values().stream().filter(state -> state == 0).count(),
                    count(DELIVERED | DEAD, 0));
        }

        private long count(int all, int none) {
            return states.values().stream()
                    .filter(state -> (state & all) == all && (state & none) == 0)
                    .count();
        }

        private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> record) {
            Header header = record.headers().lastHeader(DeliveryHeader.NAME);
            if (header == null) {
                throw new IllegalStateException("no delivery in " + record.topic());
            }
            return DeliveryHeader.read(header.value());
        }
    }
}
