package dev.ringback.dlq.replay;

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
    private final Job.Asked asked;
    private final Progress progress;
    private final Outflow out;
    private final Held held;
    private final Pace pace;
    private final Bar bar;

    Replayer(Job.Asked asked, Progress progress, Outflow out, Rates rates, Bar bar) {
        this.asked = asked;
        this.progress = progress;
        this.out = out;
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
        if (progress.isDone(partition, offset) || Choice.of(dead, asked) != Choice.meant) {
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
        long now = System.nanoTime();
        pace.go(now);
        out.send(held.take(now));
        bar.show(progress.moved());
    }
}
