package dev.ringback.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.FixedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Random histories of one unit: deliveries are routed, once or twice, tried, put on rungs, replayed
 * and die; dispatchers crash or hand over; scans take their time and fail; an endpoint changes its
 * mind. Nothing may be tried before what was routed earlier has been delivered or has died, and in
 * the end nothing may be left.
 */
class OrderModelTest {
    private static final String RUNG = Topics.RETRY_PREFIX + "1s";
    private static final String LONG_RUNG = Topics.RETRY_PREFIX + "16s";
    private static final List<String> TOPICS =
            List.of(Topics.DELIVERIES, RUNG, LONG_RUNG, Topics.REPLAY);
    private static final int RUNS = Integer.getInteger("runs", 400);

    @Test
    void model_randomHistories_neverTryALaterOneFirstAndFinishAll() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int run = 0; run < RUNS; run++) {
            try {
                new World(new Random(seed + run)).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (seed + run), e);
            }
        }
    }

    private record Held(String topic, int offset, DeliveryHeader header) {}

    private record Write(Held source, String topic, DeliveryHeader moved) {}

    /** Kafka, the registry and whoever has the unit. */
    private static final class World extends FixedClock {
        final Random random;
        final Map<String, List<DeliveryHeader>> log = new HashMap<>();
        final Map<String, Set<Integer>> committed = new HashMap<>();
        final Map<String, Instant> ordered = new HashMap<>(Map.of("always", Instant.MIN));
        final Set<String> settled = new HashSet<>();
        private final Map<String, Long> routed = new HashMap<>();
        private final List<DeliveryHeader> dead = new ArrayList<>();
        private Instant now = Deliveries.START;
        private Dispatcher owner;

        World(Random random) {
            super(Deliveries.START);
            this.random = random;
            TOPICS.forEach(topic -> log.put(topic, new ArrayList<>()));
            TOPICS.forEach(topic -> committed.put(topic, new HashSet<>()));
            this.owner = new Dispatcher(this);
        }

        void run() {
            for (int step = 0; step < 400; step++) {
                pass(1 + random.nextInt(random.nextInt(20) == 0 ? 90_000 : 1_500));
                change();
            }
            for (int step = 0; !isQuiet(); step++) {
                assertThat(step).as("stalled with %s", left()).isLessThan(5_000);
                pass(300);
                owner.workOnAll();
            }
            assertThat(owner.gate.pending()).isZero();
        }

        private void change() {
            switch (random.nextInt(16)) {
                case 0, 1 -> route();
                case 2, 3, 4 -> owner.poll(TOPICS.get(random.nextInt(TOPICS.size())));
                case 5, 6, 7, 8 -> owner.work();
                case 9, 10 -> owner.scanOn();
                case 11 -> owner.writeOne();
                case 12 -> owner.commit();
                case 13 -> rarely(6, this::handOver);
                case 14 -> rarely(3, this::toggle);
                default -> rarely(2, this::replay);
            }
        }

        private void rarely(int oneOf, Runnable change) {
            if (random.nextInt(oneOf) == 0) {
                change.run();
            }
        }

        private void route() {
            String endpoint = random.nextInt(3) == 0 ? "sometimes" : "always";
            String call = "call" + random.nextInt(2);
            long sequence = routed.merge(endpoint + call, 1L, Long::sum);
            DeliveryHeader header = Deliveries.of(endpoint, call, sequence);
            append(Topics.DELIVERIES, header);
            if (random.nextInt(8) == 0) {
                append(Topics.DELIVERIES, header);
            }
        }

        private void replay() {
            if (!dead.isEmpty()) {
                DeliveryHeader header = dead.remove(random.nextInt(dead.size()));
                append(Topics.REPLAY, header.replayed("rpl_1", now));
            }
        }

        private void toggle() {
            if (ordered.remove("sometimes") == null) {
                ordered.put("sometimes", now);
            }
        }

        /** The owner crashes, or gives the unit up in good order. */
        private void handOver() {
            if (random.nextBoolean()) {
                owner.writeAll();
                owner.commit();
            } else {
                owner.writeSome();
            }
            owner = new Dispatcher(this);
        }

        void append(String topic, DeliveryHeader header) {
            log.get(topic).add(header);
        }

        void die(DeliveryHeader header) {
            settled.add(header.deliveryId());
            dead.add(header);
        }

        void checkTurn(DeliveryHeader header) {
            for (long earlier = 1; earlier < header.sequence(); earlier++) {
                String id =
                        Deliveries.of(header.endpointId(), header.subjectId(), earlier)
                                .deliveryId();
                assertThat(settled).as("%s is tried", header.deliveryId()).contains(id);
            }
        }

        private boolean isQuiet() {
            return TOPICS.stream().allMatch(t -> owner.done.get(t).size() == log.get(t).size());
        }

        private String left() {
            return TOPICS.stream()
                    .map(t -> t + " " + owner.done.get(t).size() + "/" + log.get(t).size())
                    .collect(Collectors.joining(", "));
        }

        private void pass(long millis) {
            now = now.plusMillis(millis);
            set(now);
        }
    }

    /** Whoever has the unit, from what was committed before. */
    private static final class Dispatcher {
        final World world;
        final Map<String, Set<Integer>> done = new HashMap<>();
        final OrderGate gate;
        private final Map<String, Integer> position = new HashMap<>();
        private final List<Held> held = new ArrayList<>();
        private final List<Write> writes = new ArrayList<>();
        private final Queue<Scan> scans = new ArrayDeque<>();
        private final List<Held> toScan = new ArrayList<>();
        private Scan scanning;

        Dispatcher(World world) {
            this.world = world;
            this.gate =
                    new OrderGate(
                            scans::add, id -> Optional.ofNullable(world.ordered.get(id)), world);
            Map<TopicPartition, OffsetAndMetadata> from = new HashMap<>();
            for (String topic : TOPICS) {
                done.put(topic, new HashSet<>(world.committed.get(topic)));
                position.put(topic, 0);
                from.put(p(topic), new OffsetAndMetadata(0));
            }
            gate.assigned(0, from);
        }

        void poll(String topic) {
            List<DeliveryHeader> log = world.log.get(topic);
            int at = position.get(topic);
            for (int i = world.random.nextInt(4); i >= 0 && at < log.size(); i--, at++) {
                if (!done.get(topic).contains(at)) {
                    DeliveryHeader header = log.get(at);
                    held.add(new Held(topic, at, header));
                    if (gate.concerns(header.endpointId())) {
                        gate.entered(p(topic), header);
                    }
                }
            }
            position.put(topic, at);
            if (!Copy.isRung(topic)) {
                gate.progressed(p(topic), at);
            }
        }

        /** Something that is due and the first of its key. */
        void work() {
            List<Held> ready = held.stream().filter(this::mayStart).toList();
            if (!ready.isEmpty()) {
                work(ready.get(world.random.nextInt(ready.size())));
            }
        }

        private boolean mayStart(Held one) {
            if (!isDue(one)) {
                return false;
            }
            for (Held other : held) {
                if (other.equals(one)) {
                    break;
                }
                if (isDue(other) && other.header().key().equals(one.header().key())) {
                    return false;
                }
            }
            return writes.stream()
                            .noneMatch(w -> w.source().header().key().equals(one.header().key()))
                    || world.random.nextBoolean();
        }

        private boolean isDue(Held one) {
            return !one.header().dueAt().isAfter(world.now);
        }

        private void work(Held one) {
            held.remove(one);
            DeliveryHeader header = one.header();
            if (world.ordered.containsKey(header.endpointId())) {
                Optional<Instant> again = gate.waitUntil(p(one.topic()), header, Duration.ZERO);
                if (again.isPresent()) {
                    move(one, header.deferred(again.get(), "order"));
                    return;
                }
                world.checkTurn(header);
            }
            if (world.random.nextInt(10) < 6) {
                world.settled.add(header.deliveryId());
                finish(one);
            } else if (header.attempt() == 4) {
                world.die(header);
                finish(one);
            } else {
                Instant due = world.now.plusMillis(500 + world.random.nextInt(20_000));
                move(one, header.retry(world.now, due, 503, "status 503"));
            }
        }

        private void move(Held source, DeliveryHeader header) {
            DeliveryHeader moved = header.put(world.now);
            String topic = world.random.nextBoolean() ? RUNG : LONG_RUNG;
            boolean told = gate.concerns(header.endpointId());
            if (told) {
                gate.moved(0, moved);
            }
            writes.add(new Write(source, topic, moved));
            if (!told || world.random.nextInt(3) > 0) {
                write(writes.removeLast());
            }
        }

        private void write(Write write) {
            world.append(write.topic(), write.moved());
            finish(write.source());
        }

        private void finish(Held one) {
            done.get(one.topic()).add(one.offset());
            if (gate.concerns(one.header().endpointId())) {
                gate.left(p(one.topic()), one.header());
            }
        }

        void writeOne() {
            if (!writes.isEmpty()) {
                write(writes.remove(world.random.nextInt(writes.size())));
            }
        }

        void writeAll() {
            while (!writes.isEmpty()) {
                writeOne();
            }
        }

        void writeSome() {
            writes.forEach(
                    write -> {
                        if (world.random.nextBoolean()) {
                            world.append(write.topic(), write.moved());
                        }
                    });
        }

        void commit() {
            done.forEach((topic, offsets) -> world.committed.put(topic, new HashSet<>(offsets)));
        }

        /** Begins a scan, goes on with it, or lets it fail and begin anew. */
        void scanOn() {
            if (scanning == null) {
                scanning = scans.poll();
                if (scanning != null) {
                    beginScan();
                }
            } else if (world.random.nextInt(20) == 0) {
                beginScan();
            } else if (toScan.isEmpty()) {
                scanning.end();
                scanning = null;
            } else {
                scanSome();
            }
        }

        private void beginScan() {
            toScan.clear();
            scanning.begin();
            Map<TopicPartition, Long> ends = new HashMap<>();
            for (String topic : TOPICS) {
                List<DeliveryHeader> log = world.log.get(topic);
                ends.put(p(topic), (long) log.size());
                int end = Copy.isRung(topic) ? log.size() : position.get(topic);
                for (int at = 0; at < end; at++) {
                    if (!done.get(topic).contains(at)) {
                        toScan.add(new Held(topic, at, log.get(at)));
                    }
                }
            }
            scanning.reach(ends);
        }

        private void scanSome() {
            List<Copy> copies = new ArrayList<>();
            for (int i = 1 + world.random.nextInt(40); i > 0 && !toScan.isEmpty(); i--) {
                Held next = toScan.removeLast();
                boolean undone = !done.get(next.topic()).contains(next.offset());
                if (undone && scanning.wants(next.header().endpointId())) {
                    copies.add(Copy.of(next.topic(), next.header()));
                }
            }
            scanning.found(copies);
        }

        /** All that can be done now. */
        void workOnAll() {
            TOPICS.forEach(this::poll);
            scanOn();
            writeAll();
            for (Held one : List.copyOf(held)) {
                if (held.contains(one) && mayStart(one)) {
                    work(one);
                    world.pass(1);
                }
            }
            writeAll();
        }

        private static TopicPartition p(String topic) {
            return new TopicPartition(topic, 0);
        }
    }
}
