package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A compacted topic in memory, on a real broker. */
class TopicTableTest {
    private static final long LIMIT_SECONDS = 30;
    private static final Duration LIMIT = Duration.ofSeconds(LIMIT_SECONDS);

    private static TestKafka kafka;
    private static Producer<byte[], byte[]> producer;
    private static TopicTable<String> table;
    private static TopicTable<String> another;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        producer = kafka.clients().producer("test", Map.of("transactional.id", "test"));
        producer.initTransactions();
        table = table();
        another = table();
    }

    @AfterAll
    static void stop() {
        table.stop();
        another.stop();
        producer.close();
        kafka.close();
    }

    /** A commit returns before its records can be read; what one has read, all must know of. */
    @Test
    void current_afterAnotherTableShowsAChange_showsItToo() throws Exception {
        for (int i = 0; i < 200; i++) {
            String value = "a" + i;
            write(Map.of("k", value), true);
            Await.until(
                    "the change", LIMIT, () -> table.get("k").filter(value::equals).isPresent());
            another.current().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(another.get("k")).hasValue(value);
        }
        assertThat(another.caughtUp()).isTrue();
    }

    @Test
    void aborted_isNeverSeen() {
        write(Map.of("seen", "x1"), true);
        write(Map.of("seen", "x2"), false);
        write(Map.of("later", "x3"), true);
        Await.until("what follows", LIMIT, () -> table.get("later").isPresent());
        assertThat(table.get("seen")).hasValue("x1");
    }

    @Test
    void groups_followChangesAndDeletions() {
        write(Map.of("g1", "m1", "g2", "m2"), true);
        Await.until("both", LIMIT, () -> table.in("m").size() == 2);
        write(Map.of("g1", "n1"), true);
        delete("g2");
        Await.until("the deletion", LIMIT, () -> table.get("g2").isEmpty());
        assertThat(table.in("m")).isEmpty();
        assertThat(table.in("n")).containsExactly("n1");
    }

    private static TopicTable<String> table() {
        TopicTable<String> table =
                new TopicTable<>(
                        Topics.ENDPOINTS,
                        kafka.clients(),
                        TopicTableTest::text,
                        value -> value.substring(0, 1));
        table.start();
        return table;
    }

    private static void write(Map<String, String> records, boolean commit) {
        producer.beginTransaction();
        records.forEach((key, value) -> send(key, value.getBytes(StandardCharsets.UTF_8)));
        producer.flush();
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    private static void delete(String key) {
        producer.beginTransaction();
        send(key, null);
        producer.commitTransaction();
    }

    private static void send(String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topics.ENDPOINTS, name, value));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
