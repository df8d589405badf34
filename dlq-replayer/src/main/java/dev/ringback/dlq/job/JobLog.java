package dev.ringback.dlq.job;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Closing;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The topic in which jobs are recorded: the latest record of a name stands. For one thread. */
public final class JobLog implements AutoCloseable {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.REPLAY_JOBS, 0);
    private static final Map<String, Object> PRODUCER =
            Map.of(
                    "max.block.ms", "10000",
                    "request.timeout.ms", "5000",
                    "delivery.timeout.ms", "10000");
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final TopicReader reader;
    private final Producer<byte[], byte[]> producer;

    /** Works on this Kafka. */
    public JobLog(KafkaClients clients) {
        this.reader = new TopicReader(clients);
        this.producer = clients.producer("ringback-dlq-jobs", PRODUCER);
    }

    /** A job as it was recorded at an offset. */
    public record Entry(Job job, long offset) {}

    /** The job of this name, if there is one. */
    public Optional<Entry> find(String name) {
        Entry[] last = new Entry[1];
        read(0, next -> entry(next, name).ifPresent(entry -> last[0] = entry));
        return Optional.ofNullable(last[0]);
    }

    /** A record of this name between two offsets that another process than this one made. */
    public Optional<Job> other(Job mine, long beyond, long before) {
        Job[] found = new Job[1];
        read(
                beyond + 1,
                next ->
                        entry(next, mine.name())
                                .filter(entry -> !entry.job.run().equals(mine.run()))
                                .filter(entry -> entry.offset < before)
                                .ifPresent(entry -> found[0] = entry.job));
        return Optional.ofNullable(found[0]);
    }

    /** Whether anything is recorded under this name beyond an offset within some time. */
    public boolean stirs(String name, long beyond, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        boolean[] stirred = new boolean[1];
        reader.follow(
                Map.of(PARTITION, beyond + 1),
                next -> stirred[0] |= entry(next, name).isPresent(),
                () -> !stirred[0] && System.nanoTime() < end);
        return stirred[0];
    }

    /** Where the log ends now. */
    public long end() {
        reader.partitions(Topics.REPLAY_JOBS);
        return reader.ends(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    }

    /**
     * Takes a job for this process, if nobody else has since an offset.
     *
     * @return where that is recorded
     * @throws Failure when somebody else was first
     */
    public long claim(Job job, long since) {
        long offset = record(job);
        other(job, since, offset)
                .ifPresent(
                        first -> {
                            throw new Failure(
                                    "job %s is being run by %s".formatted(job.name(), first.by()));
                        });
        return offset;
    }

    /** Records a job, and returns the offset once that is safe. */
    public long record(Job job) {
        try {
            return producer.send(Jobs.record(job)).get().offset();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka
                    ? kafka
                    : new KafkaException(e.getCause());
        }
    }

    private void read(long from, TopicReader.Each each) {
        long end = end();
        if (from < end) {
            reader.read(Map.of(PARTITION, new TopicReader.Stretch(from, end)), each);
        }
    }

    private static Optional<Entry> entry(ConsumerRecord<byte[], byte[]> next, String name) {
        byte @Nullable [] key = next.key();
        return key != null && new String(key, StandardCharsets.UTF_8).equals(name)
                ? entry(next)
                : Optional.empty();
    }

    /** What a newer version has written in another form is no job that this one could resume. */
    private static Optional<Entry> entry(ConsumerRecord<byte[], byte[]> next) {
        if (next.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Entry(Json.read(next.value(), Job.class), next.offset()));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        Closing.calmly(() -> producer.close(CLOSE));
        reader.close();
    }
}
