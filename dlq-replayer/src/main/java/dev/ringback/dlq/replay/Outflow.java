package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Lease;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.dlq.terminal.Closing;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts dead deliveries into {@code webhook.deliveries.replay}: the same key, the same bytes and the
 * same partition; only the header moves. One is marked as replayed when Kafka has its replay, and
 * is done when Kafka has the mark; a mark without a replay would hide it for good. After the first
 * refusal nothing more is done or known to be done: what Kafka has taken all the same is found when
 * the job is looked at again. For one thread.
 */
final class Outflow implements AutoCloseable {
    /** Not more than may be repeated by a process that was stopped and goes on much later. */
    private static final int MOST_UNDER_WAY = 250;

    private static final Map<String, Object> PRODUCER =
            Map.of(
                    "max.block.ms", "15000",
                    "request.timeout.ms", "10000",
                    "delivery.timeout.ms", "30000",
                    "buffer.memory", "12000000");
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final Producer<byte[], byte[]> producer;
    private final Lease lease;
    private final Progress progress;
    private final String job;
    private final Clock clock;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private int underWay;

    Outflow(KafkaClients clients, Lease lease, Progress progress, String job, Clock clock) {
        this.producer = clients.producer("ringback-dlq", PRODUCER);
        this.lease = lease;
        this.progress = progress;
        this.job = job;
        this.clock = clock;
    }

    /** What Kafka says of a record. */
    private sealed interface Answer {
        /** It has the replay of this dead record. */
        record Moved(DeliveryHeader.From dead, long replayOffset, Instant at) implements Answer {}

        /** It has the mark as well. */
        record Marked(DeliveryHeader.From dead, long replayOffset) implements Answer {}

        /** It does not take something. */
        record Refused(Exception why) implements Answer {}
    }

    /** Sends one on its way; waits while too many are. */
    void send(Held.One one) {
        while (underWay >= MOST_UNDER_WAY) {
            answered(next());
        }
        lease.check();
        DeadRecord.Delivery dead = one.dead();
        int times = dead.replays() - dead.replaysBefore() + 1;
        DeliveryHeader.From from =
                new DeliveryHeader.From(dead.place().partition(), dead.place().offset(), times);
        Instant now = clock.instant();
        DeliveryHeader.Replay replay =
                new DeliveryHeader.Replay(job, dead.replays() + 1, now, from);
        send(
                living(one.record(), dead.header().replayed(replay)),
                offset -> new Answer.Moved(from, offset, now));
        underWay++;
    }

    /** Makes an answer of the offset at which Kafka has a record. */
    private interface Taken {
        Answer at(long offset);
    }

    private void send(ProducerRecord<byte[], byte[]> record, Taken taken) {
        producer.send(
                record,
                (sent, problem) ->
                        answers.add(
                                problem == null
                                        ? taken.at(sent.offset())
                                        : new Answer.Refused(problem)));
    }

    private static ProducerRecord<byte[], byte[]> living(
            ConsumerRecord<byte[], byte[]> record, DeliveryHeader header) {
        ProducerRecord<byte[], byte[]> living =
                new ProducerRecord<>(
                        Topics.REPLAY, record.partition(), record.key(), record.value());
        for (Header other : record.headers()) {
            if (!other.key().equals(DeliveryHeader.NAME)) {
                living.headers().add(other);
            }
        }
        living.headers().add(DeliveryHeader.NAME, header.bytes());
        return living;
    }

    private void answered(Answer answer) {
        switch (answer) {
            case Answer.Moved(DeliveryHeader.From dead, long replayOffset, Instant at) ->
                    send(
                            new Mark(job, at, dead.times())
                                    .record(Topics.REPLAYED, dead.partition(), dead.offset()),
                            offset -> new Answer.Marked(dead, replayOffset));
            case Answer.Marked(DeliveryHeader.From dead, long replayOffset) -> {
                progress.done(dead.partition(), dead.offset(), replayOffset);
                underWay--;
            }
            case Answer.Refused(Exception why) -> throw new Failure(Failure.words(why));
        }
    }

    private Answer next() {
        try {
            return answers.take();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Does what Kafka's answers ask for, until that time at least. */
    void until(long nanos) {
        for (Answer next = answers.poll(); next != null; next = answers.poll()) {
            answered(next);
        }
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            Answer next = within(left);
            if (next != null) {
                answered(next);
            }
        }
    }

    private @Nullable Answer within(long nanos) {
        try {
            return answers.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Waits until everything sent is done. */
    void settle() {
        while (underWay > 0) {
            answered(next());
        }
    }

    /** Waits so long for what was sent; what is not done by then is found later. */
    void settle(Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (underWay > 0) {
            Answer next = within(end - System.nanoTime());
            if (next == null) {
                return;
            }
            answered(next);
        }
    }

    @Override
    public void close() {
        Closing.calmly(() -> producer.close(CLOSE));
    }
}
