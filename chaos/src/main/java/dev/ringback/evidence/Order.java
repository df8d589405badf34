package dev.ringback.evidence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The order of a call's events at endpoints that want it kept: none comes for the first time before
 * those ahead of it are delivered or dead.
 */
final class Order {
    private Order() {}

    static Guarantee of(Collection<Expected> deliveries) {
        Map<String, List<Expected>> calls =
                deliveries.stream()
                        .filter(expected -> expected.subscriber().ordered())
                        .collect(Collectors.groupingBy(Order::call));
        List<String> broken = new ArrayList<>();
        calls.values().forEach(call -> check(call, broken));
        return new Guarantee("order per call and ordered endpoint", broken);
    }

    private static String call(Expected expected) {
        return expected.subscriber().number() + ":" + expected.callId();
    }

    private static void check(List<Expected> call, List<String> broken) {
        List<Expected> inOrder =
                call.stream().sorted(Comparator.comparingInt(Expected::position)).toList();
        Instant settled = Instant.MIN;
        for (Expected next : inOrder) {
            Instant first = next.firstArrival().orElse(Instant.MAX);
            if (first.isBefore(settled)) {
                broken.add(
                        next + " came at " + first + ", one ahead of it was settled at " + settled);
            }
            Instant own = next.settledAt().orElse(Instant.MAX);
            settled = own.isAfter(settled) ? own : settled;
        }
    }
}
