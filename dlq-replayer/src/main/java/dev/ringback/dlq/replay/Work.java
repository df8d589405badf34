package dev.ringback.dlq.replay;

import dev.ringback.dlq.fate.Brake;
import dev.ringback.dlq.fate.Tail;
import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobLog;
import dev.ringback.dlq.job.Lease;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Works on a job that this process has claimed, until it ends, and records how it ended. */
final class Work {
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(4);

    private final KafkaClients clients;
    private final JobLog log;
    private final Terminal terminal;
    private final Clock clock;

    Work(KafkaClients clients, JobLog log, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.log = log;
        this.terminal = terminal;
        this.clock = clock;
    }

    /**
     * Moves what is left.
     *
     * @param claimed where the claim is recorded
     * @param failures the share of failures at which it stops
     * @param earlier whether another process has worked on it before
     * @return the job as it is recorded now
     */
    Job run(
            Job job,
            long claimed,
            boolean earlier,
            Filter filter,
            TopicReader reader,
            Replayer.Rates rates,
            Optional<Double> failures) {
        Progress progress = new Progress(job.parts());
        Tail tail = new Tail(reader, job.name(), job.parts());
        Job.State state = Job.State.done;
        String why = null;
        try (Lease lease = new Lease(log, claimed, () -> now(job, progress))) {
            try {
                new Shift(job, filter, reader, progress, lease).run(tail, earlier, rates, failures);
            } catch (InterruptException e) {
                Thread.interrupted();
                state = Job.State.interrupted;
                why = "interrupted";
            } catch (Brake.Pulled e) {
                state = Job.State.stopped;
                why = Failure.words(e);
            } catch (KafkaException | Failure e) {
                if (!lease.isHeld()) {
                    throw e;
                }
                state = Job.State.failed;
                why = Failure.words(e);
                findLost(tail, progress);
            }
        }
        return end(now(job, progress), state, why);
    }

    /** The part of the work that moves something. */
    private final class Shift {
        private final Job job;
        private final Filter filter;
        private final TopicReader reader;
        private final Progress progress;
        private final Lease lease;

        private Shift(Job job, Filter filter, TopicReader reader, Progress progress, Lease lease) {
            this.job = job;
            this.filter = filter;
            this.reader = reader;
            this.progress = progress;
            this.lease = lease;
        }

        private void run(
                Tail tail, boolean earlier, Replayer.Rates rates, Optional<Double> failures) {
            if (earlier) {
                tail.find(clients, progress::found);
            }
            try (Outflow out = new Outflow(clients, lease, progress, job.name(), clock)) {
                if (failures.isEmpty()) {
                    move(out, rates, Optional.empty());
                    return;
                }
                try (Brake brake = new Brake(clients, job.name(), failures.get())) {
                    move(out, rates, Optional.of(brake));
                }
            }
        }

        private void move(Outflow out, Replayer.Rates rates, Optional<Brake> brake) {
            Job.Asked asked = Objects.requireNonNull(job.asked());
            Bar bar = new Bar(terminal, job.counts().total(), progress.moved());
            try (Questions questions = new Questions(clients, clock)) {
                new Replayer(asked, progress, questions, out, brake, rates, bar)
                        .run(new DeadTopic(reader), filter);
            } catch (InterruptException e) {
                Thread.interrupted();
                out.settle(LAST_ANSWERS);
                throw e;
            } catch (Brake.Pulled e) {
                out.settle();
                throw e;
            } finally {
                bar.end();
            }
        }
    }

    /** Where Kafka still answers, what it took beside the refused is known at once. */
    private void findLost(Tail tail, Progress progress) {
        try {
            tail.find(clients, progress::found);
        } catch (KafkaException | Failure e) {
            // whoever resumes the job finds them
        }
    }

    private Job now(Job job, Progress progress) {
        Job.Counts counts = job.counts().moved(progress.moved());
        return job.at(counts, progress.parts(), clock.instant());
    }

    /** What cannot be recorded is found out by whoever resumes it. */
    private Job end(Job job, Job.State state, @Nullable String why) {
        Job ended = job.ended(state, job.counts().moved(), why, clock.instant());
        try {
            log.record(ended);
        } catch (KafkaException e) {
            if (state == Job.State.done) {
                throw e;
            }
        }
        return ended;
    }
}
