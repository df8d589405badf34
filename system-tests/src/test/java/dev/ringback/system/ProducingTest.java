package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/producing.md shows really produces events. */
class ProducingTest {
    private static final Path ROOT = root();
    private static final String DOCUMENTED_KAFKA = "127.0.0.1:9092";
    private static final String DOCUMENTED_CALL = "c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a4f";

    private static TestKafka kafka;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void java_theDocumentedClass_isTheOneThatIsTested() throws IOException {
        Path source = Path.of("system-tests/src/test/java/dev/ringback/system/CallReporter.java");
        String tested =
                Files.readString(ROOT.resolve(source)).replaceFirst("package [^\\n]+\\n\\n", "");

        assertThat(snippet("java")).isEqualTo(tested);
    }

    @Test
    void java_producesAValidEvent() throws Exception {
        try (CallReporter calls = new CallReporter(kafka.clients().bootstrapServers())) {
            Instant when = Instant.parse("2026-11-23T09:12:31.250Z");
            calls.ended("evt-java", "acc_1", "call-java", when, 125);
        }

        assertProduced("evt-java", "call-java");
    }

    @Test
    void kcat_producesAValidEvent() throws Exception {
        assumeTrue(runs("kcat", "-V"), "kcat is not installed");

        run("sh", snippet("sh"));

        assertProduced("evt-kcat", DOCUMENTED_CALL);
    }

    @Test
    void python_producesAValidEvent() throws Exception {
        assumeTrue(runs("python3", "-c", "import confluent_kafka"), "no confluent_kafka");

        run("python3", snippet("python"));

        assertProduced("evt-python", DOCUMENTED_CALL);
    }

    private static void assertProduced(String eventId, String callId) {
        List<CallEvent> found =
                kafka.records(Topics.EVENTS).stream()
                        .map(ProducingTest::event)
                        .filter(event -> event.id().equals(eventId))
                        .toList();

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().type()).isEqualTo(EventType.CALL_ENDED);
        assertThat(found.getFirst().subjectId()).isEqualTo(callId);
    }

    /** The event in a record that is as it should be: keyed by its subject, and at home. */
    private static CallEvent event(ConsumerRecord<byte[], byte[]> record) {
        EventSchema.Reading reading = new EventSchema().read(record.value());
        assertThat(reading).isInstanceOf(EventSchema.Reading.Valid.class);
        CallEvent event = ((EventSchema.Reading.Valid) reading).event();
        assertThat(record.key()).asString().isEqualTo(event.subjectId());
        assertThat(record.partition()).isEqualTo(Utils.toPositive(Utils.murmur2(record.key())) % 3);
        return event;
    }

    /** The one snippet in that language. */
    private static String snippet(String language) throws IOException {
        String page = Files.readString(ROOT.resolve("docs/producing.md"));
        Matcher blocks =
                Pattern.compile("(?s)\\n```" + language + "\\n(.*?)(?<=\\n)```\\n").matcher(page);
        assertThat(blocks.find()).as("a snippet in %s", language).isTrue();
        String snippet = blocks.group(1);
        assertThat(blocks.find()).as("another snippet in %s", language).isFalse();
        return snippet;
    }

    private static void run(String interpreter, String snippet) throws Exception {
        String here = snippet.replace(DOCUMENTED_KAFKA, kafka.clients().bootstrapServers());
        assertThat(here).isNotEqualTo(snippet);
        Path script = Files.writeString(kafka.folder().resolve("snippet"), here);
        Path said = kafka.folder().resolve("said");
        Process process =
                new ProcessBuilder(interpreter, script.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said, StandardCharsets.UTF_8)).isZero();
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("system-tests"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
