package dev.ringback.dlq.purge;

import dev.ringback.dlq.job.Running;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.dlq.scan.Marks;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.write.Writer;
import dev.ringback.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Marks dead records as purged, so that no command sees them any more, and then asks Kafka to
 * delete what it can delete: the records at the beginning of a partition, up to the first one that
 * is not purged. The others stay, unseen, until their time is up.
 */
final class Purge {
    private final TopicReader reader;
    private final Filter filter;
    private final Map<TopicPartition, TopicReader.Stretch> bounds;
    private final long most;

    /**
     * Purges within these bounds.
     *
     * @param bounds of the deaths of what the filter means
     * @param most deliveries, the first that there are
     */
    Purge(
            TopicReader reader,
            Filter filter,
            Map<TopicPartition, TopicReader.Stretch> bounds,
            long most) {
        this.most = most;
        this.reader = reader;
        this.filter = filter;
        this.bounds = bounds;
    }

    /**
     * Marks every death of every delivery that the filter means; all, and unreadable ones go too.
     */
    void mark(Writer writer, Mark mark, Running.Done done) {
        DeadTopic topic = new DeadTopic(reader);
        Marking marking = new Marking(writer, mark, done);
        if (most == Long.MAX_VALUE) {
            topic.readDeaths(filter, bounds, marking);
        } else {
            // whose earlier deaths they are is not known yet when they come by; the latest hides
            // them all the same
            topic.read(filter, bounds, marking);
        }
    }

    private final class Marking implements DeadTopic.Visitor {
        private final Writer writer;
        private final Mark mark;
        private final Running.Done done;

        private Marking(Writer writer, Mark mark, Running.Done done) {
            this.writer = writer;
            this.mark = mark;
            this.done = done;
        }

        @Override
        public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
            mark(dead.place());
            done.one();
            return done.deliveries() < most;
        }

        @Override
        public void takeEarlier(DeadRecord.Delivery dead) {
            mark(dead.place());
        }

        @Override
        public void take(DeadRecord.Unreadable bad) {
            if (filter.isAll()) {
                mark(bad.place());
            }
        }

        private void mark(DeadRecord.Place at) {
            writer.write(mark.record(Topics.PURGED, at.partition(), at.offset()));
        }
    }

    /** How much of each partition's beginning is purged: the offset of what has to stay. */
    Map<TopicPartition, Long> prefixes() {
        Map<TopicPartition, Long> prefixes = new HashMap<>();
        bounds.forEach(
                (partition, stretch) -> {
                    Prefix prefix = new Prefix(partition, stretch);
                    reader.read(Map.of(partition, stretch), prefix::take, () -> !prefix.ended);
                    if (prefix.end > stretch.from()) {
                        prefixes.put(partition, prefix.end);
                    }
                });
        return prefixes;
    }

    private final class Prefix {
        private final Marks purged;
        private long end;
        private boolean ended;

        private Prefix(TopicPartition partition, TopicReader.Stretch stretch) {
            this.end = stretch.from();
            this.purged =
                    Marks.read(
                            reader,
                            Topics.PURGED,
                            partition.partition(),
                            stretch.from(),
                            Optional.empty());
        }

        private void take(ConsumerRecord<byte[], byte[]> next) {
            if (purged.has(next.offset())) {
                end = next.offset() + 1;
            } else {
                ended = true;
            }
        }
    }

    /**
     * Lets Kafka delete these beginnings.
     *
     * @throws Failure when it does not
     */
    static void delete(Admin admin, Map<TopicPartition, Long> prefixes) {
        Map<TopicPartition, RecordsToDelete> gone = new HashMap<>();
        prefixes.forEach(
                (partition, end) -> gone.put(partition, RecordsToDelete.beforeOffset(end)));
        try {
            admin.deleteRecords(gone).all().get();
        } catch (ExecutionException e) {
            throw new Failure(Failure.words(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
