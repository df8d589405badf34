package dev.ringback.evidence;

import dev.ringback.schemas.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of a wave, or of several.
 *
 * @param offered events that were made
 * @param accepted events that were answered 202 or acknowledged by Kafka
 * @param repeats webhooks delivered, or dead, more often than once
 * @param mostRepeats how many of them lost processes account for
 * @param unexplained repeats of deliveries near which too little was lost to account for them
 * @param routedAgain how many deliveries routing wrote a second time after an aborted transaction
 * @param retries attempts that came after another, and {@code hardlyLate} of them soon after due
 * @param heapMegabytes the most that a dispatcher had in use when it collected garbage
 * @param unheard answers of 2xx that came too late for the sender
 */
public record Report(
        long offered,
        long accepted,
        long deliveries,
        long requests,
        long delivered,
        Map<Reason, Long> dead,
        long pending,
        long repeats,
        long mostRepeats,
        long unexplained,
        long routedAgain,
        long unheard,
        long retries,
        long hardlyLate,
        long heapMegabytes,
        List<Guarantee> guarantees) {
    private static final Duration HARDLY = Duration.ofMillis(500);

    /** Nothing yet. */
    public static final Report NONE =
            new Report(0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    /** Copies the collections. */
    public Report {
        dead = Map.copyOf(dead);
        guarantees = List.copyOf(guarantees);
    }

    /**
     * What became of a wave that is over.
     *
     * @param connections how often somebody got past the egress guard
     * @param troubles of processes
     */
    public static Report of(
            Ledger ledger, Windows windows, int connections, List<String> troubles) {
        Collection<Expected> all = ledger.deliveries();
        List<Guarantee> guarantees = new ArrayList<>(Guarantees.of(all));
        guarantees.add(Order.of(all));
        guarantees.add(new Guarantee("nobody gets what it did not ask for", ledger.strangers()));
        guarantees.add(Repeats.delivered(all, ledger.late(), windows));
        guarantees.add(Repeats.routed(all, windows));
        guarantees.add(blocked(connections));
        guarantees.add(new Guarantee("processes end when told to, in bounded memory", troubles));
        guarantees.add(ledger.balance().closed());
        return soFar(ledger, windows).judged(guarantees);
    }

    /** What has become of a wave that is not over: nothing of it can be judged. */
    public static Report soFar(Ledger ledger, Windows windows) {
        Collection<Expected> all = ledger.deliveries();
        Balance balance = ledger.balance();
        List<Duration> lateness = all.stream().flatMap(Due::lateness).toList();
        return new Report(
                balance.offered(),
                balance.accepted(),
                all.size(),
                all.stream().mapToLong(e -> e.arrivals().size()).sum(),
                balance.delivered(),
                dead(all),
                ledger.pending(),
                all.stream().mapToLong(Expected::repeats).sum() + ledger.late(),
                all.stream().mapToLong(e -> Repeats.most(e, windows)).sum(),
                Repeats.unexplained(all, windows),
                all.stream().mapToLong(Expected::copiedAgain).sum(),
                all.stream().mapToLong(Expected::unheard).sum(),
                lateness.size(),
                lateness.stream().filter(late -> late.compareTo(HARDLY) <= 0).count(),
                0,
                List.of());
    }

    private Report judged(List<Guarantee> by) {
        return new Report(
                offered,
                accepted,
                deliveries,
                requests,
                delivered,
                dead,
                pending,
                repeats,
                mostRepeats,
                unexplained,
                routedAgain,
                unheard,
                retries,
                hardlyLate,
                heapMegabytes,
                by);
    }

    /** The same, with the most heap that a dispatcher has had in use. */
    public Report withHeap(long megabytes) {
        return plus(
                new Report(0, 0, 0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, megabytes, List.of()));
    }

    private static Map<Reason, Long> dead(Collection<Expected> all) {
        Map<Reason, Long> dead = new EnumMap<>(Reason.class);
        for (Expected expected : all) {
            if (expected.isDead()) {
                dead.merge(expected.deaths().getFirst().reason(), 1L, Long::sum);
            }
        }
        return dead;
    }

    private static Guarantee blocked(int connections) {
        return new Guarantee(
                "no address inside the guard is connected to",
                connections == 0 ? List.of() : List.of(connections + " connections"));
    }

    /** Both together. */
    public Report plus(Report other) {
        Map<Reason, Long> deaths = new EnumMap<>(Reason.class);
        deaths.putAll(dead);
        other.dead().forEach((reason, count) -> deaths.merge(reason, count, Long::sum));
        List<Guarantee> both = new ArrayList<>(guarantees);
        both.addAll(other.guarantees());
        return new Report(
                offered + other.offered(),
                accepted + other.accepted(),
                deliveries + other.deliveries(),
                requests + other.requests(),
                delivered + other.delivered(),
                deaths,
                pending + other.pending(),
                repeats + other.repeats(),
                mostRepeats + other.mostRepeats(),
                unexplained + other.unexplained(),
                routedAgain + other.routedAgain(),
                unheard + other.unheard(),
                retries + other.retries(),
                hardlyLate + other.hardlyLate(),
                Math.max(heapMegabytes, other.heapMegabytes()),
                both);
    }

    /** A line for each time that something promised was not kept. */
    public List<String> broken() {
        return guarantees.stream().flatMap(guarantee -> guarantee.lines().stream()).toList();
    }

    /** The ledger, as a table. */
    public String table() {
        StringBuilder table = new StringBuilder();
        line(table, "events accepted", accepted + " of " + offered);
        line(table, "deliveries", deliveries);
        line(table, "  delivered", delivered);
        dead.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(death -> line(table, "  dead: " + death.getKey(), death.getValue()));
        line(table, "  neither", pending);
        line(table, "requests", requests);
        line(table, "  repeats", repeats + ", at most " + mostRepeats);
        line(table, "    with too little lost near them", unexplained);
        line(table, "  routed again", routedAgain);
        line(table, "  answered too late", unheard);
        line(table, "  retries within 0.5 s of due", hardlyLate + " of " + retries);
        line(table, "most heap of a dispatcher, in MB", heapMegabytes);
        guarantees.stream()
                .map(Guarantee::promise)
                .distinct()
                .forEach(promise -> line(table, promise, verdict(promise)));
        return table.toString();
    }

    private String verdict(String promise) {
        long times =
                guarantees.stream()
                        .filter(guarantee -> guarantee.promise().equals(promise))
                        .mapToLong(guarantee -> guarantee.broken().size())
                        .sum();
        return times == 0 ? "held" : "BROKEN " + times + " times";
    }

    private static void line(StringBuilder table, String name, Object value) {
        table.append(String.format(Locale.ROOT, "  %-46s %s%n", name, value));
    }
}
