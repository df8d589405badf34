package dev.ringback.dlq.fate;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.write.Writer;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What a job has put into the replay topic: the truth about what it has moved. */
public final class Tail {
    private static final long LOOK_MILLIS = 300;
    private static final int LOOKS = 20;

    private final TopicReader reader;
    private final String job;
    private final List<Job.Part> parts;

    /** Of a job that stands at these parts. */
    public Tail(TopicReader reader, String job, List<Job.Part> parts) {
        this.reader = reader;
        this.job = job;
        this.parts = parts;
    }

    /** Takes a delivery that was moved. */
    interface Each {
        /** Takes the next. */
        void take(DeliveryHeader header, ConsumerRecord<byte[], byte[]> record);
    }

    /** Knows what is done. */
    public interface Known {
        /** This dead record was moved; returns whether that was news. */
        boolean found(int partition, long offset);
    }

    /** Notes what an earlier process has moved without saying so, and marks it. */
    public void find(KafkaClients clients, Known known) {
        stand();
        try (Writer writer = new Writer(clients)) {
            read(
                    Job.Part::replayFrom,
                    (header, record) -> {
                        DeliveryHeader.Replay replay = header.replay();
                        DeliveryHeader.From from = replay == null ? null : replay.from();
                        if (replay != null
                                && from != null
                                && known.found(from.partition(), from.offset())) {
                            writer.write(
                                    new Mark(job, replay.at(), from.times())
                                            .record(
                                                    Topics.REPLAYED,
                                                    from.partition(),
                                                    from.offset()));
                        }
                    });
            writer.flush();
        }
    }

    /** Hands out all that it has moved since it began. */
    void all(Each each) {
        read(Job.Part::replayStart, each);
    }

    private void read(ToLongFunction<Job.Part> from, Each each) {
        Map<TopicPartition, Long> ends = reader.ends(partitions());
        Map<TopicPartition, TopicReader.Stretch> stretches = new HashMap<>();
        for (Job.Part part : parts) {
            TopicPartition partition = new TopicPartition(Topics.REPLAY, part.partition());
            long end = ends.getOrDefault(partition, 0L);
            if (from.applyAsLong(part) < end) {
                stretches.put(partition, new TopicReader.Stretch(from.applyAsLong(part), end));
            }
        }
        reader.read(
                stretches,
                next ->
                        header(next)
                                .filter(header -> isMine(header.replay()))
                                .ifPresent(header -> each.take(header, next)));
    }

    private boolean isMine(DeliveryHeader.@Nullable Replay replay) {
        return replay != null && replay.id().equals(job);
    }

    private static Optional<DeliveryHeader> header(ConsumerRecord<byte[], byte[]> next) {
        Header header = next.headers().lastHeader(DeliveryHeader.NAME);
        return header == null || header.value() == null
                ? Optional.empty()
                : DeadRecord.header(header.value());
    }

    private List<TopicPartition> partitions() {
        return parts.stream()
                .map(part -> new TopicPartition(Topics.REPLAY, part.partition()))
                .toList();
    }

    /** Waits while something seems to arrive that a killed process had sent. */
    private void stand() {
        Map<TopicPartition, Long> before = Map.of();
        Map<TopicPartition, Long> now = reader.ends(partitions());
        for (int look = 0; look < LOOKS && !now.equals(before); look++) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
            before = now;
            now = reader.ends(partitions());
        }
    }
}
