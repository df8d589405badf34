package dev.ringback.dlq.replay;

import dev.ringback.dlq.fate.ReplayWatch;
import dev.ringback.dlq.fate.Tail;
import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobLog;
import dev.ringback.dlq.job.JobOptions;
import dev.ringback.dlq.job.Lease;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.ConsentOptions;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.dlq.write.Rights;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
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
                    + " since it died is left out. However it is stopped, --job NAME goes on: none"
                    + " twice, none missed.",
            ""
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing matched, 4 replayed and",
            "some died again (--wait, --stop-at-failures), 130 interrupted.",
            "",
            "  ringback dlq replay --endpoint ep_1 --since 2h --dry-run",
            "  ringback dlq replay --endpoint ep_1 --since 2h --wait",
            "  ringback dlq replay --account acc_1 --rate 100/s --job monday --yes"
        })
public final class ReplayCommand implements Callable<Integer> {

    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Option(names = "--all", description = "Every dead delivery, instead of a filter.")
    private boolean all;

    @Option(
            names = {"--max", "--limit"},
            paramLabel = "N",
            description = "At most so many, the first dead.")
    private @Nullable Integer max;

    @Option(names = "--again", description = "Also those that were replayed since they died.")
    private boolean again;

    @Option(
            names = "--max-replays",
            paramLabel = "N",
            description = "Leave out what was replayed so often already. Default: 5.")
    private @Nullable Integer maxReplays;

    @Mixin private final RateOptions rates = new RateOptions();
    @Mixin private final ConsentOptions consent = new ConsentOptions();

    @Option(names = "--wait", description = "Wait until each is delivered or dead again.")
    private boolean wait;

    @Option(
            names = "--job",
            paramLabel = "NAME",
            description = "Give it this name, or go on with the job of this name.")
    private @Nullable String name;

    @Mixin private final JobOptions jobs = new JobOptions();
    @Mixin private final FormatOptions format = new FormatOptions();

    /** Works on this Kafka. */
    public ReplayCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        rates.rates();
        rates.failures();
        Optional<Integer> most = options.positive("--max", max);
        int guard = options.positive("--max-replays", maxReplays).orElse(Replays.MAX_REPLAYS);
        consent.check(terminal);
        if (name != null && !name.matches("[A-Za-z0-9_.:-]{1,128}")) {
            throw options.wrong("--job: 1 to 128 letters, digits and _ . : - make a name");
        }
        if (name == null) {
            // what is wrong with them is said before Kafka is asked
            options.checkAll(options.filter(clock.instant()), all);
        }
        try (TopicReader reader = new TopicReader(clients);
                JobLog log = new JobLog(clients)) {
            long since = log.end() - 1;
            Optional<JobLog.Entry> known = name == null ? Optional.empty() : log.find(name);
            if (known.isPresent()) {
                return resume(reader, log, known.get());
            }
            Long limit = most.map(Integer::longValue).orElse(null);
            return begin(reader, log, since, new Job.Asked(again, limit, guard, null));
        }
    }

    private int begin(TopicReader reader, JobLog log, long since, Job.Asked asked) {
        Instant now = clock.instant();
        Filter filter = options.filter(now);
        options.checkAll(filter, all);
        DeadTopic topic = new DeadTopic(reader);
        Map<TopicPartition, TopicReader.Stretch> bounds = topic.bounds(filter);
        Survey survey = survey(topic, filter, bounds, asked);
        if (survey.plan().deliveries() == 0) {
            return Exit.NOTHING_MATCHED;
        }
        survey.plan().print(terminal, format.format());
        String what = Terminal.deliveries(survey.plan().deliveries());
        if (consent.dryRun()) {
            terminal.say("dry run: %s would be replayed".formatted(what));
            return Exit.DONE;
        }
        if (!consent.given(terminal, "Replay " + what + "?")) {
            terminal.say("nothing was replayed");
            return Exit.FAILED;
        }
        checkRights();
        Job job =
                Job.begun(
                                name == null ? "rpl_" + UUID.randomUUID() : name,
                                Job.Kind.replay,
                                jobs.by(),
                                now,
                                options.said(),
                                survey.plan().deliveries())
                        .asking(survey.asked(), Progress.parts(reader, bounds));
        Job ours = job.runBy(run(), now);
        return work(reader, log, ours, log.claim(ours, since), false);
    }

    private void checkRights() {
        List<String> read =
                new ArrayList<>(
                        List.of(Topics.DEAD, Topics.REPLAYED, Topics.PURGED, Topics.REPLAY));
        if (wait || rates.failures().isPresent()) {
            read.add(Topics.ATTEMPTS);
        }
        List<String> written = List.of(Topics.REPLAY, Topics.REPLAYED, Topics.REPLAY_JOBS);
        Rights.check(clients, read, written).checkPartitions();
    }

    private Survey survey(
            DeadTopic topic,
            Filter filter,
            Map<TopicPartition, TopicReader.Stretch> bounds,
            Job.Asked asked) {
        try (Questions questions = new Questions(clients, clock)) {
            return Survey.of(
                    asked, questions, topic, filter, bounds, counted -> counted.say(terminal));
        }
    }

    private static String run() {
        return "run_" + UUID.randomUUID();
    }

    private int resume(TopicReader reader, JobLog log, JobLog.Entry known) {
        Job job = known.job();
        new Resumption(options, job).check(all, again, max, maxReplays);
        if (job.state() == Job.State.done) {
            terminal.say(
                    "job %s is done: %s replayed"
                            .formatted(job.name(), Terminal.deliveries(job.counts().moved())));
            return wait ? await(reader, log, job) : Exit.DONE;
        }
        long left = job.counts().total() - job.counts().moved();
        String what = "about %s of job %s".formatted(Terminal.deliveries(left), job.name());
        if (consent.dryRun()) {
            terminal.say("dry run: %s would be replayed".formatted(what));
            return Exit.DONE;
        }
        if (!consent.given(terminal, "Replay " + what + "?")) {
            terminal.say("nothing was replayed");
            return Exit.FAILED;
        }
        checkRights();
        if (job.state() == Job.State.running) {
            terminal.say("looking whether somebody works on job %s".formatted(job.name()));
            if (log.stirs(job.name(), known.offset(), Lease.SILENCE)) {
                throw new Failure("job %s is being run by %s".formatted(job.name(), job.by()));
            }
        }
        Job ours = job.runBy(run(), clock.instant());
        return work(reader, log, ours, log.claim(ours, known.offset()), true);
    }

    private int work(TopicReader reader, JobLog log, Job job, long claimed, boolean earlier) {
        options.recall(job.filters());
        Filter filter = options.filter(job.startedAt());
        Job ended =
                new Work(clients, log, terminal, clock)
                        .run(
                                job,
                                claimed,
                                earlier,
                                filter,
                                reader,
                                rates.rates(),
                                rates.failures());
        return switch (ended.state()) {
            case done -> done(reader, log, ended);
            case interrupted -> {
                result(ended, null);
                terminal.say("interrupted: %s".formatted(far(ended)));
                terminal.say("resume with: " + resumeLine(ended));
                yield Exit.INTERRUPTED;
            }
            case stopped -> {
                result(ended, null);
                terminal.say("stopped: %s; %s".formatted(ended.why(), far(ended)));
                terminal.say("resume with: " + resumeLine(ended));
                yield Exit.DIED_AGAIN;
            }
            case failed, running -> {
                result(ended, null);
                terminal.say(
                        "ringback: %s: %s (resume with: %s)"
                                .formatted(far(ended), ended.why(), resumeLine(ended)));
                yield Exit.FAILED;
            }
        };
    }

    private static String far(Job job) {
        return "%d of %d replayed".formatted(job.counts().moved(), job.counts().total());
    }

    private String resumeLine(Job job) {
        return "ringback dlq replay --job %s --yes%s%s"
                .formatted(job.name(), rates.again(), wait ? " --wait" : "");
    }

    private int done(TopicReader reader, JobLog log, Job job) {
        long gone = job.counts().total() - job.counts().moved();
        if (gone > 0) {
            terminal.say(
                    "%s purged, replayed by somebody else or over meanwhile"
                            .formatted(Terminal.deliveries(gone)));
        }
        String what = Terminal.deliveries(job.counts().moved());
        if (wait) {
            terminal.say(
                    "replayed %s as %s, waiting for what becomes of them"
                            .formatted(what, job.name()));
            return await(reader, log, job);
        }
        result(job, null);
        terminal.say("replayed %s as %s".formatted(what, job.name()));
        return Exit.DONE;
    }

    private int await(TopicReader reader, JobLog log, Job job) {
        Tail tail = new Tail(reader, job.name(), job.parts());
        try (TopicReader second = new TopicReader(clients)) {
            ReplayWatch.Fates fates = new ReplayWatch(second, job.name()).await(tail);
            log.record(job.known(fates.delivered(), fates.diedAgain(), clock.instant()));
            result(job, fates);
            terminal.say(
                    "%s replayed: %d delivered, %d died again"
                            .formatted(
                                    Terminal.deliveries(job.counts().moved()),
                                    fates.delivered(),
                                    fates.diedAgain()));
            if (fates.underWay() > 0) {
                terminal.say("interrupted: %d still under way".formatted(fates.underWay()));
                return Exit.INTERRUPTED;
            }
            return fates.diedAgain() > 0 ? Exit.DIED_AGAIN : Exit.DONE;
        }
    }

    private void result(Job job, ReplayWatch.@Nullable Fates fates) {
        if (format.format() != Terminal.Format.json) {
            return;
        }
        ObjectNode result =
                Json.object()
                        .put("replay_id", job.name())
                        .put("replayed", job.counts().moved())
                        .put("not_replayed", job.counts().total() - job.counts().moved());
        if (fates != null) {
            result.put("delivered", fates.delivered()).put("died_again", fates.diedAgain());
        }
        terminal.json(Json.object().set("result", result));
    }
}
