package dev.ringback.colocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The assignor in three real consumers. */
class ColocationOnKafkaTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int UNITS = 7;

    private final TestKafka kafka = TestKafka.start();
    private final Map<TopicPartition, String> owners = new ConcurrentHashMap<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<Reader> readers = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (Reader reader : readers) {
            reader.stop();
        }
        kafka.close();
    }

    @Test
    void units_membersComeAndGo_areWholeAndNeverAtTwo() throws InterruptedException {
        for (String topic : List.of("units.a", "units.b", "units.c")) {
            create(topic);
        }
        start("one");
        awaitUnits(3, Map.of("one", 7));
        start("two");
        Reader third = start("three");
        Await.until("three share", LIMIT, () -> settled(3) && sizes().size() == 3);
        assertThat(sizes().values()).containsExactlyInAnyOrder(3, 2, 2);

        Map<Integer, String> before = byUnit();
        create("units.d");
        Await.until("the new topic is read", LIMIT, () -> settled(4));
        assertThat(byUnit()).isEqualTo(before);

        third.stop();
        Await.until("two share", LIMIT, () -> settled(4) && sizes().size() == 2);
        assertThat(sizes().values()).containsExactlyInAnyOrder(4, 3);
        assertThat(violations).isEmpty();
    }

    private void awaitUnits(int topics, Map<String, Integer> wanted) {
        Await.until("units " + wanted, LIMIT, () -> settled(topics) && sizes().equals(wanted));
    }

    /** Whether all partitions are owned, whole units each. */
    private boolean settled(int topics) {
        return owners.size() == topics * UNITS
                && owners.entrySet().stream()
                        .allMatch(
                                e ->
                                        Objects.equals(
                                                e.getValue(),
                                                byUnit().get(e.getKey().partition())));
    }

    private Map<Integer, String> byUnit() {
        return owners.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                e -> e.getKey().partition(), Map.Entry::getValue, (a, b) -> a));
    }

    private Map<String, Integer> sizes() {
        return byUnit().values().stream().collect(Collectors.toMap(o -> o, o -> 1, Integer::sum));
    }

    private void create(String topic) throws InterruptedException {
        try (Admin admin = kafka.clients().admin("test")) {
            admin.createTopics(Set.of(new NewTopic(topic, UNITS, (short) 1))).all().get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private Reader start(String name) {
        Reader reader = new Reader(name);
        readers.add(reader);
        reader.thread.start();
        return reader;
    }

    /** A consumer on its own thread that notes what it owns. */
    private final class Reader implements ConsumerRebalanceListener {
        private final String name;
        final Thread thread = Thread.ofPlatform().unstarted(this::read);
        private volatile boolean stopping;

        Reader(String name) {
            this.name = name;
        }

        void stop() throws InterruptedException {
            stopping = true;
            thread.join();
        }

        private void read() {
            Consumer<byte[], byte[]> consumer =
                    kafka.clients()
                            .consumer(
                                    name,
                                    Map.of(
                                            "group.id", "units",
                                            "metadata.max.age.ms", "300",
                                            "heartbeat.interval.ms", "200",
                                            "partition.assignment.strategy",
                                                    Colocation.class.getName()));
            consumer.subscribe(Pattern.compile("units\\..*"), this);
            while (!stopping) {
                consumer.poll(Duration.ofMillis(50));
            }
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                String other = owners.putIfAbsent(partition, name);
                if (other != null) {
                    violations.add(partition + " is " + other + "'s, and given to " + name);
                }
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> owners.remove(partition, name));
        }
    }
}
