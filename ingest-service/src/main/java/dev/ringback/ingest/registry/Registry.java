package dev.ringback.ingest.registry;

import dev.ringback.ingest.health.HealthRules;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * This instance's side of the registry: sends commands to the one ordered place and waits until
 * their effect is seen here; from then on every table that asks Kafka first sees it too.
 * Thread-safe.
 */
public final class Registry {
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(2);
    private static final int TURNS = 64;

    private final Settings settings;
    private final KafkaClients clients;
    private final InstantSource clock;
    private final Duration deadline;
    private final Counter unreadable;
    private final List<Semaphore> turns =
            IntStream.range(0, TURNS).mapToObj(i -> new Semaphore(1, true)).toList();
    private volatile @Nullable Running running;

    /** What exists once Kafka has been reached. */
    private record Running(
            Lifecycle parts,
            TopicTable<Endpoint> table,
            Answers answers,
            Producer<byte[], byte[]> producer,
            RegistryStreams streams) {}

    /** A command that has been carried out, and the version after it. */
    public record Done<C extends Command>(C command, long version) {}

    /** A registry that {@link #start} connects to Kafka. */
    public Registry(Settings settings, KafkaClients clients, InstantSource clock, Metrics metrics) {
        this.settings = settings;
        this.clients = clients;
        this.clock = clock;
        this.deadline = settings.get(Setting.INGEST_DEADLINE);
        this.unreadable =
                metrics.counter(
                        "ringback_registry_unreadable_total",
                        "Registry commands passed over because they cannot be read");
        metrics.state(
                "ringback_streams_state",
                "the state of a Kafka Streams application",
                KafkaStreams.State.class,
                this::state,
                "application",
                RegistryStreams.APPLICATION);
    }

    /**
     * Starts all parts, or none.
     *
     * @param replication copies of the changelog
     */
    public void start(int replication) {
        Lifecycle parts = new Lifecycle();
        try {
            TopicTable<Endpoint> table =
                    parts.start(
                            new TopicTable<>(
                                    Topics.ENDPOINTS,
                                    clients,
                                    Endpoint::read,
                                    Endpoint::accountId));
            Answers answers = parts.start(new Answers(clients));
            Producer<byte[], byte[]> producer =
                    clients.producer("registry-commands", deadline, Map.of("linger.ms", "0"));
            parts.closing(() -> producer.close(CLOSE));
            RegistryStreams streams =
                    parts.start(
                            new RegistryStreams(
                                    new RegistryTopology(rules(), unreadable::increment).get(),
                                    clients,
                                    settings.get(Setting.STATE_DIR).resolve("registry"),
                                    replication));
            running = new Running(parts, table, answers, producer, streams);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private HealthRules rules() {
        return new HealthRules(
                settings.get(Setting.UNHEALTHY_AFTER), settings.get(Setting.DISABLE_AFTER));
    }

    /** Stops all parts; does nothing when none was started. */
    public void stop() {
        Running mine = running;
        running = null;
        if (mine != null) {
            mine.parts().close();
        }
    }

    private KafkaStreams.State state() {
        Running mine = running;
        return mine == null ? KafkaStreams.State.CREATED : mine.streams().state();
    }

    /** Why the registry is not ready; empty when it is. Does not block. */
    public Optional<String> problem() {
        Running mine = running;
        if (mine == null) {
            return Optional.of("not connected yet");
        }
        return mine.table().caughtUp()
                ? mine.streams().problem()
                : Optional.of("still reading " + Topics.ENDPOINTS);
    }

    /** Completes when the table is as new as the topic is now; fails when Kafka is away. */
    public CompletableFuture<Void> refresh() {
        Running mine = running;
        return mine == null
                ? CompletableFuture.failedFuture(new IllegalStateException("not connected yet"))
                : mine.table().current();
    }

    /**
     * The endpoints, with every change that any instance has answered before.
     *
     * @throws Problem 503 when Kafka does not say in time whether there are newer ones
     */
    public TopicTable<Endpoint> current() {
        try {
            TopicTable<Endpoint> table = running().table();
            await(table.current(), clock.instant().plus(deadline));
            return table;
        } catch (TimeoutException e) {
            throw Problem.of(503, "Kafka does not answer; nothing can be said about endpoints")
                    .header("Retry-After", "2");
        }
    }

    /**
     * Has a command decided.
     *
     * @return the version after the change
     * @throws Problem as the registry refuses, or 503 when the change is not confirmed in time
     */
    public long submit(Command command) {
        return done(command, decide(command, clock.instant().plus(deadline))).version();
    }

    /**
     * Has a command decided that follows from what was read before; reads again, for as long as a
     * request may take, when somebody else has changed it in between.
     *
     * @param reading reads by {@link #current} and says what to do then
     * @return what was done, and the version after it
     * @throws Problem as {@link #submit}
     */
    public <C extends Command> Done<C> submit(Supplier<C> reading) {
        Instant end = clock.instant().plus(deadline);
        C command = reading.get();
        Answer answer = decide(command, end);
        return isOvertaken(answer)
                ? inTurn(command.accountId(), reading, end)
                : done(command, answer);
    }

    /** Those that were overtaken go one after another, so as not to overtake each other again. */
    private <C extends Command> Done<C> inTurn(String accountId, Supplier<C> reading, Instant end) {
        Semaphore turn = turns.get(Math.floorMod(accountId.hashCode(), TURNS));
        try {
            if (!turn.tryAcquire(left(end), TimeUnit.NANOSECONDS)) {
                throw overtaken();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw overtaken();
        }
        try {
            while (clock.instant().isBefore(end)) {
                C command = reading.get();
                Answer answer = decide(command, end);
                if (!isOvertaken(answer)) {
                    return done(command, answer);
                }
            }
            throw overtaken();
        } finally {
            turn.release();
        }
    }

    private static boolean isOvertaken(Answer answer) {
        return answer instanceof Refused refused && refused.status() == Answer.CHANGED;
    }

    private static <C extends Command> Done<C> done(C command, Answer answer) {
        return switch (answer) {
            case Accepted(long version) -> new Done<>(command, version);
            case Refused refused -> throw problem(refused);
        };
    }

    /**
     * Puts a record that is no command into its topic.
     *
     * @throws Problem 503 when Kafka does not confirm it in time
     */
    public void publish(ProducerRecord<byte[], byte[]> record) {
        try {
            await(running().producer().send(record), clock.instant().plus(deadline));
        } catch (TimeoutException e) {
            throw unconfirmed();
        }
    }

    private Answer decide(Command command, Instant end) {
        Running mine = running();
        CompletableFuture<Answer> expected = mine.answers().expect(command.id());
        try {
            byte[] key = command.accountId().getBytes(StandardCharsets.UTF_8);
            await(
                    mine.producer()
                            .send(
                                    new ProducerRecord<>(
                                            Topics.REGISTRY_COMMANDS, key, command.bytes())),
                    end);
            Answer answer = await(expected, end);
            if (answer instanceof Accepted(long version)) {
                awaitVisible(command, version, mine.table(), end);
            }
            return answer;
        } catch (TimeoutException e) {
            throw unconfirmed();
        } finally {
            mine.answers().forget(command.id());
        }
    }

    private static Problem problem(Refused refused) {
        return Problem.of(refused.status(), refused.detail()).errors(refused.violations());
    }

    /** The answer may be committed a moment before the endpoint is: topics commit one by one. */
    private void awaitVisible(
            Command command, long version, TopicTable<Endpoint> table, Instant end)
            throws TimeoutException {
        await(table.current(), end);
        while (!command.isSeen(table::get, version)) {
            LockSupport.parkNanos(PAUSE.toNanos());
            await(table.current(), end);
        }
    }

    /** Waits until the end; that Kafka fails the request is the same to the caller. */
    private <T> T await(Future<T> future, Instant end) throws TimeoutException {
        try {
            return future.get(left(end), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw timeout("Kafka failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw timeout("interrupted", e);
        }
    }

    private long left(Instant end) {
        return Math.max(0, Duration.between(clock.instant(), end).toNanos());
    }

    private static TimeoutException timeout(String message, Exception cause) {
        TimeoutException timeout = new TimeoutException(message);
        timeout.initCause(cause);
        return timeout;
    }

    private Running running() {
        Running mine = running;
        if (mine == null) {
            throw Problem.of(503, "Kafka has not been reached yet").header("Retry-After", "2");
        }
        return mine;
    }

    private static Problem overtaken() {
        return Problem.of(503, "others keep changing it; nothing was done")
                .header("Retry-After", "2");
    }

    private static Problem unconfirmed() {
        return Problem.of(503, "the change is not confirmed; it may still be made")
                .header("Retry-After", "2");
    }
}
