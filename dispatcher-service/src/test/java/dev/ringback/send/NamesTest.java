package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.testkit.Await;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names that hang beside names that are known, in a system whose resolver holds its thread. */
@Timeout(60)
class NamesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Names names = names(Duration.ZERO);

    @AfterEach
    void stop() {
        release.countDown();
        threads.shutdownNow();
        names.close();
    }

    @Test
    void all_hundredsOfNamesHang_othersAreFound() throws Exception {
        hang(names, 500, LIMIT);
        assertThat(find(names, "fine", LIMIT)).hasSize(1);
    }

    @Test
    void all_everyThreadHangs_whatNobodyWaitsForIsNotBegun() throws Exception {
        List<Future<?>> hung = hang(names, Names.LOOKUPS, LIMIT);
        assertThatThrownBy(() -> find(names, "given-up", SHORT))
                .isInstanceOf(Names.SlowLookup.class);
        Future<List<InetAddress>> waits = threads.submit(() -> find(names, "patient", LIMIT));
        Await.until("it waits", LIMIT, () -> names.waiting() == 2);
        release.countDown();
        assertThat(waits.get()).hasSize(1);
        for (Future<?> each : hung) {
            each.get();
        }
        Await.until("none waits", LIMIT, () -> names.waiting() == 0);
        assertThat(asked).containsKey("patient").doesNotContainKey("given-up");
    }

    @Test
    void all_oneNameManyTimesAtOnce_isLookedUpOnce() throws Exception {
        // Those who come after the answer must find it remembered.
        try (Names remembering = names(Duration.ofHours(1))) {
            List<Future<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                waiting.add(threads.submit(() -> find(remembering, "hang", LIMIT)));
            }
            Await.until("it hangs", LIMIT, () -> hanging.get() > 0);
            release.countDown();
            for (Future<?> each : waiting) {
                each.get();
            }
        }
        assertThat(hanging).hasValue(1);
    }

    @Test
    void all_answerIsRemembered_isNotAskedForAgain() throws Exception {
        try (Names remembering = names(Duration.ofHours(1))) {
            for (int i = 0; i < 10; i++) {
                assertThat(find(remembering, "fine", LIMIT)).hasSize(1);
            }
            assertThat(asked).containsEntry("fine", 1);
        }
    }

    @Test
    void all_answerIsTooOld_isAskedForAgain() throws Exception {
        try (Names forgetful = names(Duration.ofNanos(1))) {
            for (int i = 0; i < 10; i++) {
                assertThat(find(forgetful, "fine", LIMIT)).hasSize(1);
            }
            assertThat(asked).containsEntry("fine", 10);
        }
    }

    @Test
    void all_nameIsUnknown_isNotRemembered() {
        try (Names remembering = names(Duration.ofHours(1))) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> find(remembering, "unknown", LIMIT))
                        .isInstanceOf(UnknownHostException.class);
            }
            assertThat(asked).containsEntry("unknown", 3);
        }
    }

    @Test
    void send_lookupsHang_areDnsTimeoutsAndNoOthers() throws Exception {
        EgressGuard guard = new EgressGuard(List.of());
        try (Sender sender = new Sender(guard, Optional.empty(), names, client -> client)) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String url = "http://hang-" + i + ".example/";
                replies.add(threads.submit(() -> sender.send(Outgoing.post(url, SHORT))));
            }
            for (Future<Reply> reply : replies) {
                assertThat(reply.get()).isEqualTo(new Reply.Unreachable(Fault.dns_timeout));
            }
        }
    }

    private List<Future<?>> hang(Names at, int count, Duration limit) {
        List<Future<?>> hung = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "hang-" + i;
            hung.add(threads.submit(() -> find(at, name, limit)));
        }
        Await.until("they hang", LIMIT, () -> hanging.get() == count);
        return hung;
    }

    private static List<InetAddress> find(Names at, String name, Duration limit)
            throws UnknownHostException {
        at.giveUpAt(System.nanoTime() + limit.toNanos());
        return at.all(name);
    }

    private Names names(Duration remembered) {
        return new Names(address -> true, this::look, remembered);
    }

    private List<InetAddress> look(String name) throws UnknownHostException {
        asked.merge(name, 1, Integer::sum);
        if (name.startsWith("hang")) {
            hanging.incrementAndGet();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (name.equals("unknown")) {
            throw new UnknownHostException(name);
        }
        return List.of(InetAddress.ofLiteral("127.0.0.1"));
    }
}
