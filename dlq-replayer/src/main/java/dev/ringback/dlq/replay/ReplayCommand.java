package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobOptions;
import dev.ringback.dlq.job.Jobs;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.dlq.write.Writer;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq replay}: dead deliveries live again. */
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Replays dead deliveries: same id, same bytes, a new schedule from the start.",
            "Says how many by endpoint and reason, and asks before anything moves. What was replayed"
                    + " since it died is left out.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing matched, 4 replayed and",
            "some died again (--wait), 130 interrupted.",
            "",
            "  ringback dlq replay --endpoint ep_1 --since 2h --dry-run",
            "  ringback dlq replay --endpoint ep_1 --since 2h --wait"
        })
public final class ReplayCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Option(names = "--all", description = "Every dead delivery, instead of a filter.")
    private boolean all;

    @Option(names = "--max", paramLabel = "N", description = "At most so many, the first dead.")
    private @Nullable Integer max;

    @Option(
            names = "--max-replays",
            paramLabel = "N",
            defaultValue = "5",
            description = "Leave out what was replayed so often already. Default: 5.")
    private @Nullable Integer maxReplays;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "No faster than this, such as 100/s. Default: as fast as Kafka goes.")
    private @Nullable String rate;

    @Mixin private final JobOptions jobs = new JobOptions();

    @Option(names = "--again", description = "Also those that were replayed since they died.")
    private boolean again;

    @Option(names = "--dry-run", description = "Only say what would be replayed.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do it without asking.")
    private boolean yes;

    @Option(names = "--wait", description = "Wait until each is delivered or dead again.")
    private boolean wait;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; json is an object a line. Default: table.")
    private Terminal.Format format = Terminal.Format.table;

    /** Works on this Kafka. */
    public ReplayCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** How many deliveries there are to an endpoint that died for a reason. */
    private record Group(String endpoint, String reason) implements Comparable<Group> {
        @Override
        public int compareTo(Group that) {
            int byEndpoint = endpoint.compareTo(that.endpoint);
            return byEndpoint != 0 ? byEndpoint : reason.compareTo(that.reason);
        }
    }

    @Override
    public Integer call() {
        Filter filter = options.filter(clock.instant());
        int most = options.positive("--max", max).orElse(Integer.MAX_VALUE);
        double perSecond = perSecond();
        int guard = options.positive("--max-replays", maxReplays).orElse(Integer.MAX_VALUE);
        options.checkAll(filter, all);
        if (!yes && !dryRun && !terminal.interactive()) {
            throw options.wrong("this is no terminal to ask on: say --yes, or --dry-run");
        }
        try (TopicReader reader = new TopicReader(clients)) {
            List<DeadRecord.Delivery> chosen =
                    choose(new DeadTopic(reader).find(filter), most, guard);
            if (chosen.isEmpty()) {
                return Exit.NOTHING_MATCHED;
            }
            show(chosen);
            if (dryRun) {
                terminal.say("dry run: %s would be replayed".formatted(count(chosen)));
                return Exit.DONE;
            }
            if (!yes && !terminal.agrees("Replay " + count(chosen) + "?")) {
                terminal.say("nothing was replayed");
                return Exit.FAILED;
            }
            return replay(reader, filter, chosen, perSecond);
        }
    }

    private List<DeadRecord.Delivery> choose(DeadTopic.Found found, int most, int guard) {
        if (found.unreadableCount() > 0) {
            terminal.say(
                    "%d unreadable %s left out"
                            .formatted(
                                    found.unreadableCount(),
                                    found.unreadableCount() == 1 ? "record" : "records"));
        }
        List<DeadRecord.Delivery> dead = found.deliveries();
        List<DeadRecord.Delivery> open =
                again ? dead : dead.stream().filter(one -> !one.replayed()).toList();
        if (open.size() < dead.size()) {
            terminal.say(
                    "%s left out, replayed since they died: --again takes them too"
                            .formatted(Terminal.deliveries(dead.size() - open.size())));
        }
        open = guarded(open, guard);
        if (open.isEmpty()) {
            terminal.say(dead.isEmpty() ? "no dead delivery matches" : "nothing left to replay");
        }
        if (open.size() > most) {
            terminal.say("%d of %d, the first to die".formatted(most, open.size()));
        }
        return open.subList(0, Math.min(most, open.size()));
    }

    /** What dies again each time it is replayed is not sent round for ever. */
    private List<DeadRecord.Delivery> guarded(List<DeadRecord.Delivery> open, int guard) {
        List<DeadRecord.Delivery> fewer =
                open.stream().filter(one -> one.replays() < guard).toList();
        if (fewer.size() < open.size()) {
            terminal.say(
                    "%s left out, replayed %d times or more: --max-replays takes more"
                            .formatted(Terminal.deliveries(open.size() - fewer.size()), guard));
        }
        return fewer;
    }

    private double perSecond() {
        try {
            return rate == null ? Pace.FREE : Units.perSecond(rate);
        } catch (IllegalArgumentException e) {
            throw options.wrong("--rate: " + e.getMessage());
        }
    }

    private void show(List<DeadRecord.Delivery> chosen) {
        Map<Group, Integer> plan = new TreeMap<>();
        for (DeadRecord.Delivery dead : chosen) {
            String reason = Objects.toString(dead.header().reason(), "-");
            plan.merge(new Group(dead.header().endpointId(), reason), 1, Integer::sum);
        }
        switch (format) {
            case table -> {
                Table table =
                        new Table(
                                Table.Column.soft("ENDPOINT"),
                                Table.Column.whole("REASON"),
                                Table.Column.whole("DELIVERIES"));
                plan.forEach((group, n) -> table.row(group.endpoint, group.reason, "" + n));
                table.print(terminal);
            }
            case json ->
                    plan.forEach(
                            (group, n) ->
                                    terminal.json(Json.object().set("plan", planned(group, n))));
        }
    }

    private static ObjectNode planned(Group group, int deliveries) {
        return Json.object()
                .put("endpoint_id", group.endpoint)
                .put("reason", group.reason)
                .put("deliveries", deliveries);
    }

    private int replay(
            TopicReader reader, Filter filter, List<DeadRecord.Delivery> chosen, double perSecond) {
        Job job =
                Job.begun(
                        "rpl_" + UUID.randomUUID(),
                        Job.Kind.replay,
                        jobs.by(),
                        clock.instant(),
                        filter.said(),
                        chosen.size());
        record(job);
        if (!wait) {
            return report(move(reader, chosen, job, perSecond), chosen.size(), job.name(), null);
        }
        try (TopicReader second = new TopicReader(clients)) {
            ReplayWatch watch = new ReplayWatch(second);
            Replayer.End end = move(reader, chosen, job, perSecond);
            if (!(end instanceof Replayer.End.Complete)) {
                return report(end, chosen.size(), job.name(), null);
            }
            terminal.say(
                    "replayed %s as %s, waiting for what becomes of them"
                            .formatted(count(chosen), job.name()));
            ReplayWatch.Fates fates = watch.await(ids(chosen), job.name());
            return report(end, chosen.size(), job.name(), fates);
        }
    }

    private Replayer.End move(
            TopicReader reader, List<DeadRecord.Delivery> chosen, Job job, double perSecond) {
        Pace pace = new Pace(perSecond, System.nanoTime());
        Replayer.End end = new Replayer(clients, reader, clock, pace).replay(chosen, job.name());
        Instant now = clock.instant();
        record(
                switch (end) {
                    case Replayer.End.Complete(int done) ->
                            job.ended(Job.State.done, done, null, now);
                    case Replayer.End.Failed(int done, String why) ->
                            job.ended(Job.State.failed, done, why, now);
                    case Replayer.End.Interrupted(int done) ->
                            job.ended(Job.State.interrupted, done, "interrupted", now);
                });
        return end;
    }

    /** Nothing moves unless it can be recorded who had it moved. */
    private void record(Job job) {
        try (Writer writer = new Writer(clients)) {
            writer.write(Jobs.record(job));
            writer.flush();
        }
    }

    private static Set<String> ids(List<DeadRecord.Delivery> chosen) {
        return chosen.stream().map(dead -> dead.header().deliveryId()).collect(Collectors.toSet());
    }

    private int report(
            Replayer.End end, int chosen, String replayId, ReplayWatch.@Nullable Fates fates) {
        if (format == Terminal.Format.json) {
            ObjectNode result =
                    Json.object()
                            .put("replay_id", replayId)
                            .put("replayed", end.done())
                            .put("not_replayed", chosen - end.done());
            if (fates != null) {
                result.put("delivered", fates.delivered()).put("died_again", fates.diedAgain());
            }
            terminal.json(Json.object().set("result", result));
        }
        return switch (end) {
            case Replayer.End.Interrupted interrupted -> {
                terminal.say("interrupted: %d of %d replayed".formatted(end.done(), chosen));
                yield Exit.INTERRUPTED;
            }
            case Replayer.End.Failed(int done, String why) -> {
                terminal.say("ringback: %d of %d replayed: %s".formatted(done, chosen, why));
                yield Exit.FAILED;
            }
            case Replayer.End.Complete complete ->
                    fates == null ? complete(chosen, replayId) : report(fates, chosen);
        };
    }

    private int complete(int chosen, String replayId) {
        terminal.say("replayed %s as %s".formatted(Terminal.deliveries(chosen), replayId));
        return Exit.DONE;
    }

    private int report(ReplayWatch.Fates fates, int chosen) {
        terminal.say(
                "%s replayed: %d delivered, %d died again"
                        .formatted(
                                Terminal.deliveries(chosen), fates.delivered(), fates.diedAgain()));
        if (fates.underWay() > 0) {
            terminal.say("interrupted: %d still under way".formatted(fates.underWay()));
            return Exit.INTERRUPTED;
        }
        return fates.diedAgain() > 0 ? Exit.DIED_AGAIN : Exit.DONE;
    }

    private static String count(List<DeadRecord.Delivery> chosen) {
        return Terminal.deliveries(chosen.size());
    }
}
