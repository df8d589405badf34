package dev.ringback.ingest.registry;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.DeleteApplication;
import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Command.PutApplication;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * This instance's side of the registry: sends commands to the one ordered place and waits until
 * their effect is seen here; from then on every table that asks Kafka first sees it too.
 * Thread-safe.
 */
public final class Registry {
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Settings settings;
    private final KafkaClients clients;
    private final InstantSource clock;
    private final Duration deadline;
    private final Counter unreadable;
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
                                    new RegistryTopology(unreadable::increment).get(),
                                    clients,
                                    settings.get(Setting.STATE_DIR).resolve("registry"),
                                    replication));
            running = new Running(parts, table, answers, producer, streams);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** Stops all parts; does nothing when none was started. */
    public void stop() {
        Running mine = running;
        running = null;
        if (mine != null) {
            mine.parts().close();
        }
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
        return switch (decide(command, clock.instant().plus(deadline))) {
            case Accepted(long version) -> version;
            case Refused refused -> throw problem(refused);
        };
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
        while (true) {
            C command = reading.get();
            switch (decide(command, end)) {
                case Accepted(long version) -> {
                    return new Done<>(command, version);
                }
                case Refused refused when refused.status() != Answer.CHANGED ->
                        throw problem(refused);
                case Refused _ -> {
                    if (!clock.instant().isBefore(end)) {
                        throw unconfirmed();
                    }
                }
            }
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
        while (!isVisible(command, version, table)) {
            LockSupport.parkNanos(PAUSE.toNanos());
            await(table.current(), end);
        }
    }

    private static boolean isVisible(Command command, long version, TopicTable<Endpoint> table) {
        return switch (command) {
            case Create create -> isThere(create.endpoint().key(), version, table);
            case Replace replace -> isPast(replace.endpoint().key(), version, table);
            case Delete delete -> table.get(delete.endpointId()).isEmpty();
            case SetEnabled set -> isPast(set.endpointId(), version, table);
            case PutApplication put -> isThere(put.application().id(), version, table);
            case DeleteApplication delete ->
                    table.get(delete.recordId())
                            .filter(found -> found.version() == delete.ifVersion())
                            .isEmpty();
            case Deploy deploy ->
                    isThere(GroupIds.agent(deploy.accountId(), deploy.agentId()), version, table);
        };
    }

    private static boolean isThere(String key, long version, TopicTable<Endpoint> table) {
        return table.get(key).filter(found -> found.version() >= version).isPresent();
    }

    /** What was there before and is not any more has been deleted since. */
    private static boolean isPast(String key, long version, TopicTable<Endpoint> table) {
        return table.get(key).filter(found -> found.version() < version).isEmpty();
    }

    /** Waits until the end; that Kafka fails the request is the same to the caller. */
    private <T> T await(Future<T> future, Instant end) throws TimeoutException {
        long left = Duration.between(clock.instant(), end).toNanos();
        try {
            return future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw timeout("Kafka failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw timeout("interrupted", e);
        }
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

    private static Problem unconfirmed() {
        return Problem.of(503, "the change is not confirmed; it may still be made")
                .header("Retry-After", "2");
    }
}
