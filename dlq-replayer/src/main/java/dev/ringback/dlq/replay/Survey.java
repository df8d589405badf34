package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.Plan;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Terminal;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Counts what would be replayed, and what would be left out and why. */
final class Survey implements DeadTopic.Visitor {
    private final Job.Asked asked;
    private final Questions questions;
    private final Plan plan = new Plan();

    /** The first to die, the last of them on top. */
    private final PriorityQueue<Job.Death> first = new PriorityQueue<>(Comparator.reverseOrder());

    private long replayed;
    private long tooOften;
    private long over;
    private long tooLarge;
    private long unreadable;

    Survey(Job.Asked asked, Questions questions) {
        this.asked = asked;
        this.questions = questions;
    }

    /**
     * Counts what a replay is about. Where that is more than was asked for, the first to die are
     * known only after all were read, and the topic is read again up to the last of them.
     *
     * @param whole is told what was counted before anything is cut
     */
    static Survey of(
            Job.Asked asked,
            Questions questions,
            DeadTopic topic,
            Filter filter,
            Map<TopicPartition, TopicReader.Stretch> bounds,
            Consumer<Survey> whole) {
        Survey all = new Survey(asked, questions);
        topic.read(filter, bounds, all);
        whole.accept(all);
        if (!all.exceeds()) {
            return all;
        }
        Survey first = new Survey(all.cut(), questions);
        topic.read(filter, bounds, first);
        return first;
    }

    @Override
    public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
        switch (Choice.of(dead, asked, questions)) {
            case replayed -> replayed++;
            case tooOften -> tooOften++;
            case over -> over++;
            case tooLarge -> tooLarge++;
            case tooLate -> {}
            case meant -> {
                plan.add(dead);
                rank(dead);
            }
        }
        return true;
    }

    private void rank(DeadRecord.Delivery dead) {
        if (asked.max() != null) {
            first.add(Choice.death(dead));
            if (first.size() > asked.max()) {
                first.remove();
            }
        }
    }

    @Override
    public void take(DeadRecord.Unreadable bad) {
        unreadable++;
    }

    /** What would be replayed. */
    Plan plan() {
        return plan;
    }

    /** What is left out, by why. */
    Map<String, Long> leftOut() {
        return Map.of(
                "replayed", replayed, "too_often", tooOften, "over", over, "too_large", tooLarge);
    }

    /** What was asked. */
    Job.Asked asked() {
        return asked;
    }

    /** Whether there is more than was asked for. */
    private boolean exceeds() {
        return asked.max() != null && plan.deliveries() > asked.max();
    }

    /** What was asked, and that it ends with the last of the first to die. */
    private Job.Asked cut() {
        return asked.cut(first.element());
    }

    /** Says what is left out. */
    void say(Terminal terminal) {
        if (unreadable > 0) {
            terminal.say(
                    "%d unreadable %s left out"
                            .formatted(unreadable, unreadable == 1 ? "record" : "records"));
        }
        if (replayed > 0) {
            terminal.say(
                    "%s left out, replayed since they died: --again takes them too"
                            .formatted(Terminal.deliveries(replayed)));
        }
        if (tooOften > 0) {
            terminal.say(
                    "%s left out, replayed %d times or more: --max-replays takes more"
                            .formatted(Terminal.deliveries(tooOften), asked.maxReplays()));
        }
        if (over > 0) {
            terminal.say(
                    "%s left out, questions of calls that are over or were asked over 15m ago"
                            .formatted(Terminal.deliveries(over)));
        }
        if (tooLarge > 0) {
            terminal.say(
                    "%s left out, too large to have been kept: there is nothing to send"
                            .formatted(Terminal.deliveries(tooLarge)));
        }
        if (plan.deliveries() == 0) {
            terminal.say(
                    replayed + tooOften + over + tooLarge == 0
                            ? "no dead delivery matches"
                            : "nothing left to replay");
        }
        if (exceeds()) {
            terminal.say("%d of %d, the first to die".formatted(asked.max(), plan.deliveries()));
        }
    }
}
