package dev.ringback.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** {@code docker compose up} on one machine: one broker, one of each service, and the demo. */
@Tag("docker")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SingleTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static Compose compose;
    private static Subscriber subscriber;
    private static Platform platform;

    @BeforeAll
    static void start() throws Exception {
        compose = new Compose();
        subscriber = new Subscriber();
        compose.run("build", "--quiet");
        compose.run("up", "--detach", "--wait", "--wait-timeout", "180");
        platform =
                new Platform(
                        List.of(compose.url("RINGBACK_INGEST_PORT")),
                        compose.apiKey(),
                        subscriber.url(compose.host()));
    }

    @AfterAll
    static void stop() {
        if (platform != null) {
            platform.close();
        }
        if (subscriber != null) {
            subscriber.close();
        }
        compose.close();
    }

    @Test
    @Order(1)
    void call_posted_arrivesSignedWithItsTrace() {
        platform.post(1);

        awaitAll();
        assertThat(subscriber.unverified()).isZero();
        assertThat(platform.expected())
                .allSatisfy(
                        delivery ->
                                assertThat(subscriber.trace(delivery)).isEqualTo(Platform.TRACE));
    }

    @Test
    @Order(2)
    void demo_profile_showsVerifiedWebhooks() {
        Compose demo = compose.with("demo");
        demo.run("up", "--detach", "demo");

        Await.until(
                LIMIT,
                () -> demo.run("logs", "demo"),
                () -> demo.run("logs", "demo").contains("42 webhooks received, 42 verified"));
        demo.run("rm", "--stop", "--force", "demo");
    }

    @Test
    @Order(3)
    void dlqReplayer_list_showsWhatDied() {
        String delivery = platform.postToNobody("http://" + compose.host() + ":9/nobody");

        Await.until(
                LIMIT,
                () -> "no dead delivery is listed",
                () -> compose.canRun("run", "--rm", "dlq-replayer", "show", delivery));
        assertThat(compose.run("run", "--rm", "dlq-replayer", "list")).contains("no_retry");
    }

    @Test
    @Order(4)
    void stop_underLoad_losesAndRepeatsNothing() throws Exception {
        Thread posting = platform.postAt(100);
        Await.until(LIMIT, () -> "", () -> platform.expected().size() > 200);
        compose.run("stop", "dispatcher");
        compose.run("start", "dispatcher");
        compose.run("stop", "ingest");
        compose.run("start", "ingest");
        platform.stop(posting);

        awaitAll();
        assertThat(subscriber.repeats()).isZero();
    }

    @Test
    @Order(5)
    void downAndUp_keepTheData() {
        compose.run("stop", "dispatcher");
        platform.post(50);
        compose.run("down");
        compose.run("up", "--detach", "--wait", "--wait-timeout", "180");

        awaitAll();
        platform.post(50);
        awaitAll();
        assertThat(subscriber.repeats()).isZero();
    }

    @Test
    @Order(6)
    void containers_eachService_isNotRootAndCannotWriteItsRoot() {
        for (String service : List.of("ingest", "dispatcher", "console")) {
            assertThat(compose.run("exec", "-T", service, "id", "-u").strip()).isEqualTo("10001");
            String root =
                    compose.run(
                            "exec",
                            "-T",
                            service,
                            "sh",
                            "-c",
                            "touch /opt/ringback/x 2>&1 || true");
            assertThat(root).contains("Read-only file system");
        }
    }

    @Test
    @Order(7)
    void prometheus_profile_findsEveryService() {
        Compose observed = compose.with("observability");
        observed.run("up", "--detach", "prometheus");
        String targets = compose.url("PROMETHEUS_PORT") + "/api/v1/targets?state=active";

        Await.until(
                LIMIT,
                () -> platform.read(targets),
                () -> platform.read(targets).split("\"health\":\"up\"", -1).length == 4);
        observed.run("rm", "--stop", "--force", "prometheus");
    }

    private static void awaitAll() {
        Await.until(
                LIMIT,
                () -> subscriber.missing(platform.expected()).size() + " did not come",
                () -> subscriber.missing(platform.expected()).isEmpty());
    }
}
