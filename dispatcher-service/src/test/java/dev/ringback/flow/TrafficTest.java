package dev.ringback.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final int LIVE = 0;
    private static final int RETRY = 1;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long SEED = 20_261_123;

    private final Map<String, Terms> terms = new HashMap<>();
    private final List<Task> running = new ArrayList<>();
    private final List<Task> deferred = new ArrayList<>();
    private long now;
    private int lines;
    private int free = 4_000;
    private int taken = 4_000;
    private Traffic traffic = traffic(512, 256);

    private Traffic traffic(int live, int retry) {
        Traffic made =
                new Traffic(
                        List.of(live, retry),
                        flow -> terms.getOrDefault(flow, new Terms(8, Optional.empty())),
                        () -> now);
        made.room(
                new Traffic.Room() {
                    @Override
                    public int free(int lane) {
                        return free;
                    }

                    @Override
                    public int taken(int lane) {
                        return taken;
                    }
                });
        return made;
    }

    @Test
    void endpoint_hasAtMostItsCapUnderWay_andTheRestWaits() {
        enter("a", LIVE, 20);
        assertThat(running).hasSize(8);
        assertThat(deferred).isEmpty();
    }

    @Test
    void endpoint_sharesItsCapBetweenLanes() {
        enter("a", LIVE, 6);
        enter("a", RETRY, 6);
        assertThat(running).hasSize(8);
        end(running.getFirst(), Sign.success);
        assertThat(running).hasSize(8);
    }

    @Test
    void lanes_thatWaitForOneEndpoint_takeTurns() {
        enter("a", LIVE, 20);
        enter("a", RETRY, 4);
        for (int i = 0; i < 4; i++) {
            end(running.getFirst(), Sign.success);
        }
        assertThat(running.stream().filter(task -> task.lane() == RETRY)).hasSize(2);
    }

    @Test
    void queue_thatIsFull_defersTheRest() {
        enter("a", LIVE, 500);
        assertThat(running).hasSize(8);
        assertThat(deferred).hasSize(500 - 8 - 64);
        assertThat(deferred.getFirst().deferral.cause()).isEqualTo(Deferral.Cause.no_slot);
        assertThat(deferred.getFirst().deferral.pause()).isZero();
    }

    @Test
    void excess_ofManyHealthyEndpoints_waitsWhereItIsWhileProcessorsAreBusy() {
        gives(2);
        for (int flow = 0; flow < 8; flow++) {
            enter("f" + flow, LIVE, 72);
        }
        assertThat(deferred).isEmpty();
        assertThat(mayEnter("f0")).isFalse();
        now += SECOND;
        assertThat(mayEnter("f0")).as("ten a second go on").isTrue();
        enter("f0", LIVE, 1);
        assertThat(deferred).hasSize(1);
        assertThat(mayEnter("f0")).isFalse();
        end(running.getFirst(), Sign.success);
        assertThat(mayEnter("f0")).as("there is room").isTrue();
    }

    @Test
    void excess_whileProcessorsAreIdle_isPutOff() {
        gives(0.1);
        for (int flow = 0; flow < 8; flow++) {
            enter("f" + flow, LIVE, 72);
        }
        for (int i = 0; i < 20; i++) {
            now += SECOND / 10;
            mayEnter("f0");
        }
        enter("f0", LIVE, 100);
        now += SECOND / 10;
        assertThat(mayEnter("f0")).isTrue();
    }

    @Test
    void excess_ofWhoIsToBlame_isPutOffHoweverBusyProcessorsAre() {
        gives(2);
        enter("refuses", LIVE, 72);
        enter("silent", LIVE, 72);
        for (int flow = 0; flow < 8; flow++) {
            enter("f" + flow, LIVE, 72);
        }
        end(running.getFirst(), Sign.failure);
        assertThat(mayEnter("refuses")).isTrue();
        assertThat(mayEnter("silent")).isFalse();
        now += 3 * SECOND;
        mayEnter("f0");
        enter("f0", LIVE, 100);
        assertThat(mayEnter("silent")).as("no answer for three seconds").isTrue();
    }

    @Test
    void excess_ofOneThatCrowdsOthersOut_isPutOff() {
        gives(2);
        taken = 200;
        enter("crowds", LIVE, 72);
        assertThat(mayEnter("crowds")).isTrue();
        taken = 4_000;
        assertThat(mayEnter("crowds")).isFalse();
    }

    private void gives(double pressure) {
        traffic.excess(new RightOfWay(() -> pressure, 10, () -> now));
    }

    private boolean mayEnter(String flow) {
        return traffic.mayEnter(LIVE, flow);
    }

    @Test
    void burst_afterAQuietTime_isDeferredByWhatTheEndpointCanTake() {
        oneByOne(100);
        now += TimeUnit.SECONDS.toNanos(5);
        enter("a", LIVE, 3_000);
        int queued = 3_000 - 8 - deferred.size();
        assertThat(queued).isBetween(400, 1_024);
        Duration first = deferred.getFirst().deferral.pause();
        Duration last = deferred.getLast().deferral.pause();
        assertThat(first).isBetween(Duration.ofMillis(400), Duration.ofMillis(1_300));
        assertThat(last).as("8 at a time, 10 ms each").isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void burst_afterAFewRequests_isDeferredForNobodyKnowsHowLong() {
        oneByOne(99);
        enter("a", LIVE, 3_000);
        assertThat(deferred).isNotEmpty();
        assertThat(deferred).allMatch(task -> task.deferral.pause().isZero());
    }

    private void oneByOne(int requests) {
        for (int i = 0; i < requests; i++) {
            enter("a", LIVE, 1);
            now += TimeUnit.MILLISECONDS.toNanos(10);
            end(running.getFirst(), Sign.success);
        }
    }

    @Test
    void burst_endsInAboutTheTimeThatItsEndpointNeeds() {
        enter("a", LIVE, 1);
        now += TimeUnit.MILLISECONDS.toNanos(5);
        end(running.getFirst(), Sign.success);
        PriorityQueue<Long> due = new PriorityQueue<>();
        enter("a", LIVE, 6_000);
        long start = now;
        int done = 0;
        while (done < 6_000) {
            deferred.forEach(
                    task -> due.add(now + Math.max(SECOND, task.deferral.pause().toNanos())));
            deferred.clear();
            List<Task> round = List.copyOf(running);
            now += TimeUnit.MILLISECONDS.toNanos(5);
            round.forEach(task -> end(task, Sign.success));
            done += round.size();
            while (!due.isEmpty() && due.peek() <= now) {
                due.remove();
                enter("a", RETRY, 1);
            }
        }
        assertThat(Duration.ofNanos(now - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void slowEndpoints_thatAnswer_doNotFillTheLanesMemory() {
        free = 8_000;
        for (int endpoint = 0; endpoint < 50; endpoint++) {
            enter("slow-" + endpoint, LIVE, 1);
            end(running.getLast(), Sign.success);
        }
        for (int round = 0; round < 400; round++) {
            for (int endpoint = 0; endpoint < 50; endpoint++) {
                int before = deferred.size();
                enter("slow-" + endpoint, LIVE, 1);
                free -= deferred.size() > before ? 0 : 1;
            }
        }
        assertThat(free).isGreaterThan(500);
    }

    @Test
    void rate_thatLetsOneThroughInMinutes_keepsNothingInMemory() {
        terms.put("a", new Terms(8, Optional.of(10 / 3_600.0)));
        enter("a", LIVE, 3);
        assertThat(running).hasSize(1);
        assertThat(deferred).hasSize(2);
    }

    @Test
    void openBreaker_letsOneThroughAtATime_untilASuccess() {
        enter("a", LIVE, 8);
        for (int i = 0; i < 8; i++) {
            end(running.getFirst(), Sign.failure);
        }
        enter("a", LIVE, 3);
        assertThat(running).hasSize(1);
        end(running.getFirst(), Sign.success);
        assertThat(running).hasSize(1);
        end(running.getFirst(), Sign.success);
        assertThat(running).hasSize(1);
    }

    @Test
    void openBreaker_letsGoOfWhatWaits() {
        enter("a", LIVE, 72);
        for (int i = 0; i < 5; i++) {
            end(running.getFirst(), Sign.failure);
        }
        assertThat(deferred).isNotEmpty();
        assertThat(deferred.getFirst().deferral.cause()).isEqualTo(Deferral.Cause.breaker_open);
        assertThat(running.size() + deferred.size() + 4 + 5).isEqualTo(72);
    }

    @Test
    void endpointThatKeepsRequestsWaiting_letsGoOfWhatWaits() {
        enter("a", LIVE, 72);
        assertThat(deferred).isEmpty();
        now += TimeUnit.SECONDS.toNanos(1);
        traffic.tick();
        assertThat(running).hasSize(8);
        assertThat(deferred).hasSize(72 - 8 - 8);
    }

    @Test
    void loneDelivery_ofAnOpenEndpoint_goesAtOnce() {
        for (int i = 0; i < 9; i++) {
            enter("a", RETRY, 1);
            assertThat(running).hasSize(1);
            end(running.getFirst(), Sign.failure);
        }
        assertThat(deferred).isEmpty();
    }

    @Test
    void hungEndpoints_howeverMany_leaveSlotsToThoseThatAnswer() {
        traffic = traffic(256, 64);
        for (int endpoint = 0; endpoint < 10; endpoint++) {
            enter("healthy-" + endpoint, LIVE, 1);
            end(running.getLast(), Sign.success);
        }
        now += TimeUnit.SECONDS.toNanos(5);
        for (int endpoint = 0; endpoint < 1_000; endpoint++) {
            enter("hung-" + endpoint, LIVE, 8);
        }
        assertThat(running).hasSize(256 - 32);
        for (int endpoint = 0; endpoint < 10; endpoint++) {
            enter("healthy-" + endpoint, LIVE, 1);
        }
        assertThat(running).hasSize(256 - 32 + 10);
    }

    @Test
    void newEndpoint_thatFoundNoSlot_getsOneWhenThereIs() {
        traffic = traffic(256, 64);
        for (int endpoint = 0; endpoint < 1_000; endpoint++) {
            enter("hung-" + endpoint, LIVE, 1);
        }
        enter("new", LIVE, 1);
        List.copyOf(running).forEach(task -> end(task, Sign.overload));
        for (int tick = 0; tick < 10; tick++) {
            traffic.tick();
            running.stream()
                    .filter(task -> !task.flow.equals("new"))
                    .toList()
                    .forEach(task -> end(task, Sign.overload));
        }
        assertThat(running.stream().map(task -> task.flow)).containsExactly("new");
    }

    @Test
    void endpointsWithAnOpenBreaker_getHalfOfTheSlots() {
        traffic = traffic(256, 64);
        for (int endpoint = 0; endpoint < 128; endpoint++) {
            enter("good-" + endpoint, LIVE, 1);
            end(running.getLast(), Sign.success);
        }
        for (int endpoint = 0; endpoint < 300; endpoint++) {
            for (int i = 0; i < 5; i++) {
                enter("bad-" + endpoint, LIVE, 1);
                end(running.getLast(), Sign.failure);
            }
        }
        for (int endpoint = 0; endpoint < 300; endpoint++) {
            enter("bad-" + endpoint, LIVE, 10);
        }
        assertThat(running).hasSize(128);
        for (int endpoint = 0; endpoint < 128; endpoint++) {
            enter("good-" + endpoint, LIVE, 1);
        }
        assertThat(running).hasSize(256);
    }

    @Test
    void hungEndpoints_doNotFillTheLanesMemory() {
        for (int round = 0; round < 200; round++) {
            for (int endpoint = 0; endpoint < 100; endpoint++) {
                int before = running.size() + deferred.size();
                enter("hung-" + endpoint, LIVE, 1);
                free -= running.size() + deferred.size() > before ? 0 : 1;
            }
        }
        assertThat(free).isGreaterThan(100);
    }

    @Test
    void flowsThatWaitForASlot_takeTurns_howeverManyOneHas() {
        traffic = traffic(64, 8);
        terms.put("large", new Terms(1_000, Optional.empty()));
        prove("large");
        prove("small");
        enter("large", LIVE, 100);
        assertThat(count("large")).as("a quarter is left to others").isEqualTo(48);
        enter("small", LIVE, 8);
        enter("new", LIVE, 1);
        assertThat(count("small")).isEqualTo(8);
        assertThat(count("new")).isEqualTo(1);
    }

    @Test
    void flowsThatAreBusyAllTheTime_letOthersStartWithinOneRound() {
        traffic = traffic(64, 8);
        for (int endpoint = 0; endpoint < 8; endpoint++) {
            prove("busy-" + endpoint);
        }
        prove("known");
        for (int endpoint = 0; endpoint < 8; endpoint++) {
            enter("busy-" + endpoint, LIVE, 16);
        }
        enter("known", LIVE, 1);
        enter("new", LIVE, 1);
        for (int ended = 0; ended < 16; ended++) {
            Task first = running.removeFirst();
            traffic.note(first, Sign.success);
            traffic.leave(first);
            enter(first.flow, LIVE, 1);
        }
        assertThat(running.stream().map(task -> task.flow)).contains("known", "new");
    }

    @Test
    void flowsThatAreBusyAllTheTime_leaveRoomInMemory() {
        traffic = traffic(64, 8);
        free = 256;
        for (int endpoint = 0; endpoint < 8; endpoint++) {
            prove("busy-" + endpoint);
        }
        for (int round = 0; round < 500; round++) {
            for (int endpoint = 0; endpoint < 8; endpoint++) {
                int before = deferred.size();
                enter("busy-" + endpoint, LIVE, 1);
                free -= deferred.size() > before ? 0 : 1;
            }
        }
        assertThat(free).as("so that what others get is read").isGreaterThan(32);
    }

    @Test
    void openFlows_moreThanTheirHalfOfTheSlots_takeTurns() {
        traffic = traffic(20, 8);
        for (int endpoint = 0; endpoint < 30; endpoint++) {
            for (int i = 0; i < 5; i++) {
                enter("bad-" + endpoint, LIVE, 1);
                end(running.getLast(), Sign.failure);
            }
        }
        for (int endpoint = 0; endpoint < 30; endpoint++) {
            enter("bad-" + endpoint, LIVE, 3);
        }
        Map<String, Integer> tried = new HashMap<>();
        for (int ended = 0; ended < 60; ended++) {
            Task first = running.getFirst();
            tried.merge(first.flow, 1, Integer::sum);
            end(first, Sign.failure);
        }
        assertThat(tried).hasSize(30);
        assertThat(tried.values()).allMatch(times -> times == 2);
    }

    @Test
    void rate_belowOneAMinute_isKeptByAnEndpointThatIsSeldomUsed() {
        terms.put("a", new Terms(8, Optional.of(10 / 3_600.0)));
        int started = 0;
        for (int i = 0; i < 58; i++) {
            enter("a", LIVE, 1);
            started += running.size();
            List.copyOf(running).forEach(task -> end(task, Sign.success));
            now += 62 * SECOND;
            traffic.tick();
        }
        assertThat(started).as("in an hour").isBetween(9, 11);
    }

    @Test
    void jobsOfOneLine_runOneAfterAnother_asTheyCame() {
        Task first = new Task(LIVE, "a", "a:call");
        Task second = new Task(LIVE, "a", "a:call");
        Task other = new Task(LIVE, "a", "a:other");
        List.of(first, second, other).forEach(traffic::enter);
        assertThat(running).containsExactly(first, other);
        end(first, Sign.failure);
        assertThat(running).containsExactly(other, second);
    }

    @Test
    void rate_ofAnEndpoint_isKept_andTheRestIsDeferredToItsTime() {
        terms.put("a", new Terms(100, Optional.of(10.0)));
        enter("a", LIVE, 50);
        assertThat(running).hasSize(1);
        assertThat(deferred).hasSize(29);
        assertThat(deferred.getFirst().deferral.cause()).isEqualTo(Deferral.Cause.rate_limit);
        assertThat(deferred.getFirst().deferral.pause())
                .isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_200));
        assertThat(deferred.getLast().deferral.pause())
                .isBetween(Duration.ofMillis(4_500), Duration.ofMillis(5_100));
    }

    @Test
    void rate_isThisProcessesShare() {
        terms.put("a", new Terms(100, Optional.of(100.0)));
        traffic.share(0.25);
        enter("a", LIVE, 10);
        assertThat(running).hasSize(2);
    }

    @Test
    void tick_forgetsEndpointsThatAreIdleAndWell() {
        enter("a", LIVE, 1);
        end(running.getFirst(), Sign.failure);
        now += TimeUnit.MINUTES.toNanos(2);
        traffic.tick();
        for (int i = 0; i < 4; i++) {
            enter("a", LIVE, 1);
            end(running.getFirst(), Sign.failure);
        }
        enter("a", LIVE, 3);
        assertThat(running).as("its failures are remembered").hasSize(1);
    }

    @Test
    void model_neverExceedsCapsOrSlots_losesNoJob_andKeepsLines() {
        Random random = new Random(SEED);
        traffic = traffic(20, 8);
        List<Task> all = new ArrayList<>();
        for (int step = 0; step < 40_000; step++) {
            now += random.nextLong(TimeUnit.MILLISECONDS.toNanos(5));
            if (random.nextInt(100) < 52) {
                String flow = "f" + random.nextInt(12);
                Task task = new Task(random.nextInt(2), flow, flow + ":" + random.nextInt(6));
                all.add(task);
                traffic.enter(task);
            } else if (!running.isEmpty()) {
                Sign[] signs = Sign.values();
                Task task = running.get(random.nextInt(running.size()));
                end(task, signs[random.nextInt(signs.length)]);
            }
            if (step % 100 == 0) {
                traffic.tick();
            }
            check(step);
        }
        while (!running.isEmpty()) {
            end(running.getFirst(), Sign.success);
        }
        assertThat(all).as("seed %d", SEED).allMatch(task -> task.starts + task.deferrals == 1);
    }

    private void check(int step) {
        for (int lane = 0; lane < 2; lane++) {
            int of = lane;
            assertThat(running.stream().filter(task -> task.lane() == of).count())
                    .as("seed %d step %d lane %d", SEED, step, lane)
                    .isLessThanOrEqualTo(lane == 0 ? 20 : 8);
        }
        Map<String, Integer> flows = new HashMap<>();
        for (Task task : running) {
            assertThat(flows.merge(task.flow, 1, Integer::sum)).isLessThanOrEqualTo(8);
        }
        assertThat(running.stream().map(task -> task.line).distinct().count())
                .as("seed %d step %d: one of each line", SEED, step)
                .isEqualTo(running.size());
    }

    /** An endpoint that takes what it gets. */
    private void prove(String flow) {
        enter(flow, LIVE, 1);
        end(running.getLast(), Sign.success);
    }

    private long count(String flow) {
        return running.stream().filter(task -> task.flow.equals(flow)).count();
    }

    private void enter(String flow, int lane, int jobs) {
        for (int i = 0; i < jobs; i++) {
            traffic.enter(new Task(lane, flow, flow + ":" + lines++));
        }
    }

    private void end(Task task, Sign sign) {
        running.remove(task);
        traffic.note(task, sign);
        traffic.leave(task);
    }

    /** A job that says what became of it. */
    private final class Task extends Job {
        private int starts;
        private int deferrals;
        private Deferral deferral = new Deferral(Duration.ZERO, Deferral.Cause.no_slot);

        Task(int lane, String flow, String line) {
            super(lane, flow, line);
        }

        @Override
        protected void start() {
            starts++;
            running.add(this);
        }

        @Override
        protected void defer(Deferral why) {
            deferrals++;
            deferral = why;
            deferred.add(this);
        }
    }
}
