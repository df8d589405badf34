package dev.ringback.dlq.job;

import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.write.Writer;
import dev.ringback.runtime.KafkaClients;
import java.time.Clock;
import org.apache.kafka.common.errors.InterruptException;

/** Does a job and records how it began and how it ended. */
public final class Running {
    private final KafkaClients clients;
    private final Clock clock;

    /** Works on this Kafka. */
    public Running(KafkaClients clients, Clock clock) {
        this.clients = clients;
        this.clock = clock;
    }

    /** What a job does. */
    public interface Work {
        /** Does it all, or throws, and counts what it has done meanwhile. */
        void run(Writer writer, Done done);
    }

    /** Counts deliveries that are done with. */
    public static final class Done {
        private long deliveries;

        /** One more. */
        public void one() {
            deliveries++;
        }

        /** How many. */
        public long deliveries() {
            return deliveries;
        }
    }

    /**
     * Does a job; nothing is done unless its beginning can be recorded.
     *
     * @return how many deliveries are done
     * @throws Failure when it could not go on
     */
    public long run(Job job, Work work) {
        Done done = new Done();
        try (Writer writer = new Writer(clients)) {
            writer.write(Jobs.record(job));
            writer.flush();
            try {
                work.run(writer, done);
                writer.flush();
            } catch (InterruptException e) {
                Thread.interrupted();
                endBadly(job, Job.State.interrupted, Math.min(done.deliveries, taken(writer)), e);
                throw e;
            } catch (RuntimeException e) {
                endBadly(job, Job.State.failed, Math.min(done.deliveries, taken(writer)), e);
                throw e;
            }
        }
        end(job.ended(Job.State.done, done.deliveries, null, clock.instant()));
        return done.deliveries;
    }

    /** How many records Kafka has taken, but for the job's own. */
    private static long taken(Writer writer) {
        return writer.settled() - 1;
    }

    private void endBadly(Job job, Job.State how, long moved, RuntimeException because) {
        try {
            end(job.ended(how, moved, Failure.words(because), clock.instant()));
        } catch (RuntimeException e) {
            because.addSuppressed(e);
        }
    }

    /** With a producer of its own: the other may be full of what Kafka does not take. */
    private void end(Job job) {
        try (Writer writer = new Writer(clients)) {
            writer.write(Jobs.record(job));
            writer.flush();
        }
    }
}
