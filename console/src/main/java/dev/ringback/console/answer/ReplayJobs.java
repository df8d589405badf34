package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.Jobs;
import dev.ringback.dlq.replay.Replays;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The replays that this instance works on, each in a thread of its own, and what is known of all.
 * What a job has done is in Kafka: when its instance ends, another one, or this one when it is
 * back, goes on. Thread-safe.
 */
public final class ReplayJobs implements Lifecycle.Part {
    /** What one instance asks the others to end. */
    public static final String CANCEL = "cancel";

    private static final Logger LOG = LoggerFactory.getLogger(ReplayJobs.class);
    private static final String RUNNER = "console_";
    private static final String STOPPED = "its console was stopped";
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final Replays replays;
    private final TopicTable<ObjectNode> table;
    private final Gather gather;
    private final Clock clock;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread watcher = Thread.ofVirtual().name("replays").unstarted(this::watch);

    /** Works on this Kafka. */
    public ReplayJobs(KafkaClients clients, Gather gather, Clock clock) {
        this.replays = new Replays(clients, clock, RUNNER);
        this.table =
                new TopicTable<>(
                        Topics.REPLAY_JOBS,
                        clients,
                        bytes -> (ObjectNode) Json.parse(bytes),
                        job -> job.path("kind").stringValue(""));
        this.gather = gather;
        this.clock = clock;
    }

    @Override
    public void start() {
        table.start();
        watcher.start();
    }

    @Override
    public void stop() {
        stopping.countDown();
        watcher.interrupt();
        workers.values().forEach(worker -> worker.end(STOPPED));
        workers.values().forEach(Worker::join);
        table.stop();
    }

    Replays.Preview preview(Replays.Order order) {
        return asking(() -> replays.preview(order));
    }

    Optional<ObjectNode> start(String by, Replays.Order order) {
        return asking(() -> replays.begin(by, order)).map(this::begin);
    }

    private ObjectNode begin(Replays.Running running) {
        Worker worker = new Worker(running);
        workers.put(worker.name, worker);
        if (stopping.getCount() == 0) {
            worker.end(STOPPED);
        }
        worker.thread.start();
        return Json.tree(running.job());
    }

    private interface Ask<T> {
        T ask();
    }

    private static <T> T asking(Ask<T> ask) {
        try {
            return ask.ask();
        } catch (KafkaException | Failure e) {
            throw Problem.of(503, "not now: " + Failure.words(e)).header("Retry-After", "5");
        }
    }

    /** All replays; what of a job is not ours to read is left out. */
    Collection<ObjectNode> all() {
        return table.in(Job.Kind.replay.name());
    }

    Optional<ObjectNode> find(String name) {
        Worker mine = workers.get(name);
        Optional<ObjectNode> known =
                table.get(name).filter(job -> job.path("kind").stringValue("").equals("replay"));
        // one that has only just begun is not in the table yet
        return known.isPresent() || mine == null
                ? known
                : Optional.of(Json.tree(mine.running.job()));
    }

    /**
     * Ends a job, whichever instance works on it.
     *
     * @return the job as it ended
     * @throws Problem 409 when no console works on it
     */
    ObjectNode cancel(String name, String by) {
        byte[] message = Json.bytes(Json.object().put("name", name).put("by", by));
        Optional<ObjectNode> ended = cancelHere(name, by);
        if (ended.isPresent()) {
            return ended.get();
        }
        for (byte[] said : gather.tell(CANCEL, message)) {
            if (said.length > 0) {
                return (ObjectNode) Json.parse(said);
            }
        }
        throw Problem.of(409, "replay " + name + " is not run by a console: end it where it runs");
    }

    /** What another instance is answered that asks to end a job: the job, or nothing. */
    public byte[] cancelled(byte[] message) {
        ObjectNode asked = (ObjectNode) Json.parse(message);
        return cancelHere(asked.path("name").stringValue(""), asked.path("by").stringValue(""))
                .map(Json::bytes)
                .orElseGet(() -> "".getBytes(StandardCharsets.UTF_8));
    }

    private Optional<ObjectNode> cancelHere(String name, String by) {
        Worker worker = workers.get(name);
        if (worker == null) {
            return Optional.empty();
        }
        worker.end("cancelled by " + by);
        worker.join();
        return Optional.ofNullable(worker.ended);
    }

    /** Goes on with what consoles have left behind. */
    private void watch() {
        try {
            while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                for (ObjectNode whole : all()) {
                    Jobs.job(whole).filter(this::isLeft).ifPresent(this::resume);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("no replay is resumed any more");
        }
    }

    private boolean isLeft(Job job) {
        if (!job.run().startsWith(RUNNER) || workers.containsKey(job.name())) {
            return false;
        }
        boolean silent = job.updatedAt().plus(SILENCE).isBefore(clock.instant());
        return switch (job.state()) {
            case running -> silent;
            case interrupted -> Objects.equals(job.why(), STOPPED);
            case failed, stopped, done -> false;
        };
    }

    private void resume(Job job) {
        try {
            begin(replays.resume(job.name()));
            LOG.info("goes on with replay {}", job.name());
        } catch (Failure | KafkaException e) {
            LOG.info("replay {} is not resumed here: {}", job.name(), e.getMessage());
        }
    }

    /** The thread of one job. */
    private final class Worker {
        private final Replays.Running running;
        private final String name;
        private final Thread thread;
        private volatile @Nullable String why;
        private volatile @Nullable ObjectNode ended;

        private Worker(Replays.Running running) {
            this.running = running;
            this.name = running.job().name();
            this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
        }

        private void work() {
            try (running) {
                Job job = running.work();
                String because = why;
                if (because != null && job.state() == Job.State.interrupted) {
                    Thread.interrupted();
                    running.explain(job, because);
                    ended = Json.tree(job).put("why", because);
                } else {
                    ended = Json.tree(job);
                }
            } catch (KafkaException | Failure e) {
                LOG.warn("replay {} ended: {}", name, e.getMessage());
            } finally {
                workers.remove(name);
            }
        }

        private void end(String because) {
            why = because;
            thread.interrupt();
        }

        private void join() {
            try {
                thread.join(LAST_WORDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
