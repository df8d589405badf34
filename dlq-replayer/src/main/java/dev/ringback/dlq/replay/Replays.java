package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobLog;
import dev.ringback.dlq.job.Lease;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Units;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Replays for other services: the same jobs as the command's, without a terminal. Thread-safe. */
public final class Replays {
    /** What was replayed so often is left out, where nobody says otherwise. */
    static final int MAX_REPLAYS = 5;

    private static final int COLUMNS = 80;

    private final KafkaClients clients;
    private final Clock clock;
    private final String runner;

    /**
     * Works on this Kafka.
     *
     * @param runner what the names of this service's runs begin with
     */
    public Replays(KafkaClients clients, Clock clock, String runner) {
        this.clients = clients;
        this.clock = clock;
        this.runner = runner;
    }

    /**
     * What is to be replayed.
     *
     * @param max at most so many, the first to die; null: all
     * @param rate such as {@code 100/s}; null: as fast as Kafka goes
     */
    public record Order(
            Filter filter,
            boolean again,
            @Nullable Long max,
            @Nullable String rate,
            @Nullable String endpointRate) {
        private Job.Asked asked() {
            return new Job.Asked(again, max, MAX_REPLAYS, null, rate, endpointRate);
        }
    }

    /**
     * What would be replayed.
     *
     * @param groups how many by endpoint and reason
     * @param leftOut how many are left out, by why
     */
    public record Preview(long deliveries, List<ObjectNode> groups, Map<String, Long> leftOut) {
        /** Copies the collections. */
        public Preview {
            groups = List.copyOf(groups);
            leftOut = Map.copyOf(leftOut);
        }
    }

    /** Counts only. */
    public Preview preview(Order order) {
        try (TopicReader reader = new TopicReader(clients)) {
            DeadTopic topic = new DeadTopic(reader);
            Survey survey = survey(topic, order, topic.bounds(order.filter));
            return new Preview(
                    survey.plan().deliveries(), survey.plan().groups(), survey.leftOut());
        }
    }

    /**
     * Begins a job; nothing moves before {@link Running#work}.
     *
     * @return empty when there is nothing to replay
     */
    public Optional<Running> begin(String by, Order order) {
        Running running = new Running();
        boolean begun = false;
        try {
            begun = running.begin(by, order);
            return begun ? Optional.of(running) : Optional.empty();
        } finally {
            if (!begun) {
                running.close();
            }
        }
    }

    /**
     * Goes on with a job on which nobody works any more.
     *
     * @throws Failure when somebody does
     */
    public Running resume(String name) {
        Running running = new Running();
        boolean resumed = false;
        try {
            running.resume(name);
            resumed = true;
            return running;
        } finally {
            if (!resumed) {
                running.close();
            }
        }
    }

    private Survey survey(
            DeadTopic topic, Order order, Map<TopicPartition, TopicReader.Stretch> bounds) {
        try (Questions questions = new Questions(clients, clock)) {
            return Survey.of(order.asked(), questions, topic, order.filter, bounds, counted -> {});
        }
    }

    /** A job that this process has claimed. For one thread. */
    public final class Running implements AutoCloseable {
        private final TopicReader reader = new TopicReader(clients);
        private final JobLog log = new JobLog(clients);
        private @Nullable Job job;
        private long claimed;
        private boolean earlier;

        private boolean begin(String by, Order order) {
            long since = log.end() - 1;
            DeadTopic topic = new DeadTopic(reader);
            Map<TopicPartition, TopicReader.Stretch> bounds = topic.bounds(order.filter);
            Survey survey = survey(topic, order, bounds);
            if (survey.plan().deliveries() == 0) {
                return false;
            }
            Job ours =
                    Job.begun(
                                    "rpl_" + UUID.randomUUID(),
                                    Job.Kind.replay,
                                    by,
                                    clock.instant(),
                                    order.filter.said(),
                                    survey.plan().deliveries())
                            .asking(survey.asked(), Progress.parts(reader, bounds))
                            .runBy(runner + UUID.randomUUID(), clock.instant());
            claimed = log.claim(ours, since);
            job = ours;
            return true;
        }

        private void resume(String name) {
            JobLog.Entry known =
                    log.find(name).orElseThrow(() -> new Failure("there is no job " + name));
            boolean taken =
                    known.job().state() == Job.State.running
                            && log.stirs(name, known.offset(), Lease.SILENCE);
            if (taken || known.job().asked() == null) {
                throw new Failure("job %s is not free".formatted(name));
            }
            Job ours = known.job().runBy(runner + UUID.randomUUID(), clock.instant());
            claimed = log.claim(ours, known.offset());
            job = ours;
            earlier = true;
        }

        /** The job as it was claimed. */
        public Job job() {
            return Objects.requireNonNull(job);
        }

        /** Moves what is left, until all is done or the thread is interrupted. */
        public Job work() {
            Job ours = job();
            Job.Asked asked = Objects.requireNonNull(ours.asked());
            return new Work(clients, log, silent(), clock)
                    .run(
                            ours,
                            claimed,
                            earlier,
                            Filter.of(ours.filters()),
                            reader,
                            new Replayer.Rates(
                                    perSecond(asked.rate()), perSecond(asked.endpointRate())),
                            Optional.empty());
        }

        /** Says why it ended where it ended. */
        public void explain(Job ended, String why) {
            log.record(ended.ended(ended.state(), ended.counts().moved(), why, clock.instant()));
        }

        @Override
        public void close() {
            log.close();
            reader.close();
        }
    }

    private static double perSecond(@Nullable String rate) {
        return rate == null ? Pace.FREE : Units.perSecond(rate);
    }

    private static Terminal silent() {
        PrintStream nobody =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Terminal(nobody, nobody, InputStream.nullInputStream(), false, COLUMNS);
    }
}
