package dev.ringback.console.query;

import dev.ringback.console.topology.Keys;
import dev.ringback.runtime.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts together what all instances answer: this one first, the others for what it does not have.
 * Knows which partitions have not answered. Thread-safe.
 */
public final class Gather implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gather.class);

    private final Local local;
    private final Peers peers;
    private final Members members;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Who keeps the stores together with this instance. */
    public interface Members {
        /** How many partitions a store has; empty while that is not known. */
        Optional<Integer> partitions(String store);

        /** The other instances. */
        Collection<Peers.Host> others();

        /** The one that works on a partition, if it is another and that is known. */
        Optional<Peers.Host> owner(String store, int partition);
    }

    /** Asks this instance and its peers. */
    public Gather(Local local, Peers peers, Members members) {
        this.local = local;
        this.peers = peers;
        this.members = members;
    }

    /**
     * What was answered.
     *
     * @param partial whether a partition is missing
     */
    public record Answer(List<Stretch> stretches, boolean partial) {
        /** Copies the list. */
        public Answer {
            stretches = List.copyOf(stretches);
        }

        /** All rows, in no order. */
        public List<Stretch.Row> rows() {
            return stretches.stream().flatMap(one -> one.rows().stream()).toList();
        }
    }

    /** Asks for what all partitions have. */
    public Answer ask(Question question) {
        Map<Integer, List<Stretch>> found = new HashMap<>();
        take(local.ask(question), found);
        Optional<Integer> count = members.partitions(question.store());
        if (count.isEmpty() || found.size() < count.get()) {
            inParallel(members.others(), question).forEach(more -> take(more, found));
        }
        List<Stretch> all = new ArrayList<>();
        found.values().forEach(all::addAll);
        return new Answer(all, count.isEmpty() || found.size() < count.get());
    }

    /**
     * Asks the one partition that has what belongs to an id.
     *
     * @throws Problem 503 when nobody who has it can be asked
     */
    public Answer find(Question question, String id) {
        int partitions = members.partitions(question.store()).orElseThrow(Gather::unavailable);
        int home = Keys.home(id, partitions);
        Question one = question.in(home);
        List<Stretch> here = local.ask(one);
        if (!here.isEmpty()) {
            return new Answer(here, false);
        }
        Optional<Peers.Host> owner = members.owner(question.store(), home);
        List<Stretch> there = owner.map(host -> ask(host, one)).orElse(List.of());
        if (there.isEmpty()) {
            Set<Peers.Host> rest = new HashSet<>(members.others());
            owner.ifPresent(rest::remove);
            there =
                    inParallel(rest, one).stream()
                            .filter(answer -> !answer.isEmpty())
                            .findFirst()
                            .orElseThrow(Gather::unavailable);
        }
        return new Answer(there, false);
    }

    /** The value under one key. */
    public Optional<byte[]> value(String store, byte[] key, String id) {
        Question.Span span = new Question.Span(key, Keys.next(key), key.length);
        Answer answer = find(Question.values(store, List.of(span), 1), id);
        return answer.rows().stream().findFirst().map(Stretch.Row::value);
    }

    /** Tells all other instances something, and returns what they say. */
    public List<byte[]> tell(String what, byte[] message) {
        List<Future<Optional<byte[]>>> asked = new ArrayList<>();
        for (Peers.Host host : members.others()) {
            asked.add(threads.submit(() -> peers.ask(host, what, message)));
        }
        List<byte[]> said = new ArrayList<>();
        asked.forEach(one -> one(one).ifPresent(said::add));
        return said;
    }

    /** What a question of another instance is answered with. */
    public byte[] answer(byte[] question) {
        return Stretch.bytes(local.ask(Question.read(question)));
    }

    private List<List<Stretch>> inParallel(Collection<Peers.Host> hosts, Question question) {
        List<Future<List<Stretch>>> asked = new ArrayList<>();
        hosts.forEach(host -> asked.add(threads.submit(() -> ask(host, question))));
        List<List<Stretch>> answers = new ArrayList<>();
        for (Future<List<Stretch>> one : asked) {
            answers.add(one(one));
        }
        return answers;
    }

    private static <T> T one(Future<T> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private List<Stretch> ask(Peers.Host host, Question question) {
        Optional<byte[]> answer = peers.ask(host, "stores", question.bytes());
        try {
            return answer.isPresent() ? Stretch.read(answer.get()) : List.of();
        } catch (IOException e) {
            LOG.warn("{} answers what cannot be read", host, e);
            return List.of();
        }
    }

    /** Of a partition that two claim, one answer counts. */
    private static void take(List<Stretch> more, Map<Integer, List<Stretch>> found) {
        Map<Integer, List<Stretch>> fresh = new HashMap<>();
        for (Stretch one : more) {
            if (!found.containsKey(one.partition())) {
                fresh.computeIfAbsent(one.partition(), p -> new ArrayList<>()).add(one);
            }
        }
        found.putAll(fresh);
    }

    private static Problem unavailable() {
        return Problem.of(503, "what was asked for is being rebuilt: ask again in a moment")
                .header("Retry-After", "1");
    }

    @Override
    public void close() {
        threads.shutdownNow();
        peers.close();
    }
}
