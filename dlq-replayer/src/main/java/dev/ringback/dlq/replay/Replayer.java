package dev.ringback.dlq.replay;

import dev.ringback.dlq.fate.Brake;
import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.TopicReader;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Moves what a job means, in passes over the dead topic: in the order of each partition, but that
 * what its endpoint's rate holds up lets others by, and an endpoint that would hold up all is left
 * for the next pass.
 */
final class Replayer implements DeadTopic.Visitor {
    private static final long LOOK_NANOS = 5_000_000;
    private static final long LONG_WAIT_NANOS = 10_000_000_000L;

    private final Job.Asked asked;
    private final Progress progress;
    private final Questions questions;
    private final Outflow out;
    private final Optional<Brake> brake;
    private final Held held;
    private final Pace pace;
    private final Bar bar;

    /**
     * Goes on where the progress is.
     *
     * @param brake what stops it when too much fails again
     */
    Replayer(
            Job.Asked asked,
            Progress progress,
            Questions questions,
            Outflow out,
            Optional<Brake> brake,
            Rates rates,
            Bar bar) {
        this.asked = asked;
        this.progress = progress;
        this.questions = questions;
        this.out = out;
        this.brake = brake;
        this.held = new Held(rates.ofEndpoint(), Runtime.getRuntime().maxMemory());
        this.pace = new Pace(rates.total(), System.nanoTime());
        this.bar = bar;
    }

    /**
     * How fast.
     *
     * @param total a second
     * @param ofEndpoint a second to each endpoint
     */
    record Rates(double total, double ofEndpoint) {}

    /** Moves everything that is left. */
    void run(DeadTopic topic, Filter filter) {
        while (true) {
            progress.begin();
            Map<TopicPartition, TopicReader.Stretch> left = progress.left();
            if (left.isEmpty()) {
                return;
            }
            held.begin();
            topic.read(filter, left, this);
            while (!held.isEmpty()) {
                sendNext();
            }
            out.settle();
            progress.passed(Integer.MAX_VALUE);
        }
    }

    @Override
    public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
        int partition = dead.place().partition();
        long offset = dead.place().offset();
        progress.passed(partition);
        if (progress.isDone(partition, offset)
                || Choice.of(dead, asked, questions) != Choice.meant) {
            progress.skip(partition, offset);
            return true;
        }
        String endpoint = dead.header().endpointId();
        while (!held.isBehind(endpoint) && !held.hasRoom() && !held.leavesBehind(endpoint)) {
            sendNext();
        }
        if (held.isBehind(endpoint)) {
            progress.leave(partition, offset);
        } else {
            progress.hold(partition, offset);
            held.add(new Held.One(dead, record), System.nanoTime());
        }
        reading();
        return true;
    }

    /** Sends what may go by now. */
    @Override
    public void reading() {
        for (Optional<Long> next = held.nextNanos(); next.isPresent(); next = held.nextNanos()) {
            if (next.get() > System.nanoTime()) {
                break;
            }
            sendNext();
        }
        out.until(System.nanoTime());
    }

    private void sendNext() {
        long free = held.nextNanos().orElseThrow();
        out.until(Math.max(free, pace.nextNanos()));
        brake.ifPresent(this::await);
        long now = System.nanoTime();
        pace.go(now);
        Held.One one = held.take(now);
        brake.ifPresent(watch -> watch.going(one.dead().header().deliveryId()));
        out.send(one);
        bar.show(progress.moved());
    }

    /** Waits while too many are under way whose outcome is not known. */
    private void await(Brake watch) {
        long began = System.nanoTime();
        while (!watch.allows()) {
            long now = System.nanoTime();
            if (now - began >= LONG_WAIT_NANOS) {
                bar.waits("%d are under way without an outcome".formatted(Brake.MOST_UNKNOWN));
            }
            out.until(now + LOOK_NANOS);
            bar.show(progress.moved());
        }
    }
}
