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

/** The profile cluster under load, while what runs of it is killed, scaled and restarted. */
@Tag("docker")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int RATE = Integer.getInteger("docker.rate", 500);

    private static Compose compose;
    private static Subscriber subscriber;
    private static Platform platform;

    @BeforeAll
    static void start() throws Exception {
        compose = new Compose("cluster");
        subscriber = new Subscriber();
        compose.run("build", "--quiet");
        compose.run("up", "--detach", "--wait", "--wait-timeout", "180");
        platform =
                new Platform(
                        List.of(
                                compose.url("RINGBACK_INGEST_PORT"),
                                compose.url("RINGBACK_INGEST_2_PORT")),
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
    void brokerDispatcherAndIngest_killedUnderLoad_nothingIsLost() throws Exception {
        Thread posting = platform.postAt(RATE);
        awaitMore(RATE);
        for (String victim : List.of("kafka-2", "dispatcher-2", "ingest-2", "kafka")) {
            compose.run("kill", victim);
            awaitMore(3 * RATE);
            compose.run("start", victim);
            compose.awaitHealthy(victim);
        }
        platform.stop(posting);

        awaitAll();
        assertThat(subscriber.unverified()).isZero();
    }

    @Test
    @Order(2)
    void dispatcher_scaledToThreeAndBack_losesAndRepeatsNothing() throws Exception {
        int before = subscriber.repeats();
        Thread posting = platform.postAt(RATE / 2);
        scale(3);
        awaitMore(RATE);
        scale(1);
        awaitMore(RATE);
        platform.stop(posting);

        awaitAll();
        assertThat(subscriber.repeats()).isEqualTo(before);
    }

    @Test
    @Order(3)
    void services_restartedInTurn_onlyRetryableAnswersAndNothingLost() throws Exception {
        platform.answers().clear();
        Thread posting = platform.postAt(RATE / 2);
        for (String service :
                List.of("console", "dispatcher", "dispatcher-2", "ingest", "ingest-2")) {
            compose.run("restart", "--timeout", "20", service);
            compose.awaitHealthy(service);
        }
        platform.stop(posting);

        awaitAll();
        // 0: the connection was refused or ended, while its ingest was away.
        assertThat(platform.answers().keySet()).isSubsetOf(0, 202, 503);
    }

    private static void scale(int dispatchers) {
        compose.run("up", "--detach", "--no-recreate", "--scale", "dispatcher=" + dispatchers);
        compose.awaitHealthy("dispatcher");
    }

    private static void awaitMore(int events) {
        int goal = platform.expected().size() + events;
        Await.until(
                LIMIT,
                () -> "answers " + platform.answers(),
                () -> platform.expected().size() >= goal);
    }

    private static void awaitAll() {
        Await.until(
                LIMIT,
                () -> subscriber.missing(platform.expected()).size() + " did not come",
                () -> subscriber.missing(platform.expected()).isEmpty());
    }
}
