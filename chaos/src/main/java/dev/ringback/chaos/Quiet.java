package dev.ringback.chaos;

import dev.ringback.evidence.Ledger;
import dev.ringback.evidence.TopicLog;
import dev.ringback.schemas.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Whether nothing is under way any more: all is settled, read and committed. */
final class Quiet {
    private static final String GROUPS = "ringback-dispatch";

    /** Topics that no dispatcher reads. */
    private static final Set<String> UNREAD =
            Set.of(Topics.DEAD, Topics.ATTEMPTS, Topics.EVENTS_INVALID);

    private final Admin admin;
    private final TopicLog log;
    private final Ledger ledger;
    private String waitsFor = "";

    Quiet(Admin admin, TopicLog log, Ledger ledger) {
        this.admin = admin;
        this.log = log;
        this.ledger = ledger;
    }

    /** What it was last waiting for. */
    String waitsFor() {
        return waitsFor;
    }

    boolean reached() {
        long pending = ledger.pending();
        if (pending > 0) {
            waitsFor =
                    pending
                            + " deliveries that are neither delivered nor dead: "
                            + ledger.pendingKinds();
            return false;
        }
        try {
            waitsFor = open();
        } catch (ExecutionException e) {
            waitsFor = "Kafka: " + e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Pace.Stopped();
        }
        return waitsFor.isEmpty();
    }

    /** Tells the ledger what no dispatcher has committed. */
    void note() {
        try {
            ledger.waiting(log.beyond(committed()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("what is committed is not known", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Pace.Stopped();
        }
    }

    private String open() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = ends(log.positions().keySet());
        for (Map.Entry<TopicPartition, Long> read : log.positions().entrySet()) {
            if (read.getValue() < ends.getOrDefault(read.getKey(), Long.MAX_VALUE)) {
                return "records of " + read.getKey() + " that have not been read";
            }
        }
        Map<TopicPartition, Long> committed = committed();
        for (Map.Entry<TopicPartition, Long> last : log.last().entrySet()) {
            String topic = last.getKey().topic();
            boolean isRead = !UNREAD.contains(topic);
            if (isRead && committed.getOrDefault(last.getKey(), 0L) <= last.getValue()) {
                return "a commit of " + last.getKey() + " beyond " + last.getValue();
            }
        }
        return "";
    }

    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(asked)
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException {
        List<String> groups =
                admin.listGroups().all().get().stream()
                        .map(group -> group.groupId())
                        .filter(id -> id.startsWith(GROUPS))
                        .toList();
        Map<String, ListConsumerGroupOffsetsSpec> asked =
                groups.stream()
                        .collect(
                                Collectors.toMap(
                                        id -> id, id -> new ListConsumerGroupOffsetsSpec()));
        Map<TopicPartition, Long> committed = new HashMap<>();
        for (Map<TopicPartition, OffsetAndMetadata> group :
                admin.listConsumerGroupOffsets(asked).all().get().values()) {
            group.forEach(
                    (partition, offset) -> {
                        if (offset != null) {
                            committed.merge(partition, offset.offset(), Math::max);
                        }
                    });
        }
        return committed;
    }
}
