package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.Signer;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.testkit.Await;
import dev.ringback.voxml.Voxml;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample subscribers, run as a reader would run them, asked as we ask. */
class SamplesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String SECRET = "tryvox-sample-secret";
    private static final byte[] QUESTION =
            "{\"event\":\"call.answered\",\"call_uuid\":\"c-1\",\"from\":\"+15550100\"}"
                    .getBytes(StandardCharsets.UTF_8);

    @TempDir Path folder;

    @Test
    void node_signedQuestion_isAnsweredWithAMenu() throws Exception {
        assumeTrue(hasNode(), "no Node here");
        int port = EmbeddedKafka.freePort();
        try (Sample sample = start("node", "samples/answer.mjs", Integer.toString(port), SECRET)) {
            sample.awaitReady();
            assertMenu(ask(port, signed(Instant.now(), SECRET)));
            assertThat(ask(port, signed(Instant.now(), "other")).statusCode()).isEqualTo(401);
            Instant old = Instant.now().minusSeconds(600);
            assertThat(ask(port, signed(old, SECRET)).statusCode()).isEqualTo(401);
            assertThat(ask(port, Map.of()).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void java_question_isAnsweredWithAMenu() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        int port = EmbeddedKafka.freePort();
        try (Sample sample = start(java, "samples/Answer.java", Integer.toString(port))) {
            sample.awaitReady();
            assertMenu(ask(port, signed(Instant.now(), SECRET)));
        }
    }

    private static void assertMenu(HttpResponse<byte[]> response) throws IOException {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .isEqualTo(Files.readAllBytes(ROOT.resolve("samples/menu.json")));
        assertThat(new Voxml(false).read(response.body()).errors()).isEmpty();
        assertThat(new Voxml(false).read(response.body()).warnings()).isEmpty();
    }

    private static Map<String, String> signed(Instant at, String secret) {
        return Signer.sign(
                Dialects.named("tryvox").orElseThrow().signature(),
                "dlv_1",
                "call.answered",
                at,
                QUESTION,
                List.of(secret));
    }

    private static HttpResponse<byte[]> ask(int port, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/answer"))
                        .header("Content-Type", "application/json")
                        .timeout(LIMIT)
                        .POST(BodyPublishers.ofByteArray(QUESTION));
        headers.forEach(request::header);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        }
    }

    private static boolean hasNode() throws InterruptedException {
        try {
            return new ProcessBuilder("node", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private Sample start(String... command) throws IOException {
        Path said = folder.resolve("said");
        Process process =
                new ProcessBuilder(command)
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        return new Sample(process, said);
    }

    /** A sample that runs. */
    private record Sample(Process process, Path said) implements AutoCloseable {
        void awaitReady() {
            Await.until("ready, see " + said, LIMIT, () -> !process.isAlive() || isReady());
            assertThat(process.isAlive()).isTrue();
        }

        private boolean isReady() throws IOException {
            try (Stream<String> lines = Files.lines(said)) {
                return lines.anyMatch(line -> line.startsWith("answers on http://127.0.0.1:"));
            }
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
