package dev.ringback.dlq.purge;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobOptions;
import dev.ringback.dlq.job.Plan;
import dev.ringback.dlq.job.Running;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.LimitOptions;
import dev.ringback.dlq.scan.Mark;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq purge}: dead deliveries are given up for good. */
@Command(
        name = "purge",
        sortOptions = false,
        description = {
            "Gives dead deliveries up for good: no command sees or replays them any more.",
            "Says how many by endpoint and reason, and asks first. Kafka deletes the bodies at"
                    + " once where everything before them in their partition is purged too, and"
                    + " otherwise when their 30 days are over.",
            ""
        },
        footer = {
            "",
            "  ringback dlq purge --reason endpoint_deleted --until 7d --dry-run",
            "  ringback dlq purge --account acc_1 --yes"
        })
public final class PurgeCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Option(
            names = "--all",
            description = "Every dead delivery, instead of a filter, and what is unreadable.")
    private boolean all;

    @Mixin private final LimitOptions limit = new LimitOptions();
    @Mixin private final ConsentOptions consent = new ConsentOptions();
    @Mixin private final JobOptions jobs = new JobOptions();
    @Mixin private final FormatOptions format = new FormatOptions();

    /** Works on this Kafka. */
    public PurgeCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** What would be purged. */
    private static final class Doomed implements DeadTopic.Visitor {
        private final Plan plan = new Plan();
        private final long most;
        private long unreadable;

        private Doomed(long most) {
            this.most = most;
        }

        @Override
        public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
            plan.add(dead);
            return plan.deliveries() < most;
        }

        @Override
        public void take(DeadRecord.Unreadable bad) {
            unreadable++;
        }
    }

    @Override
    public Integer call() {
        Filter filter = options.filter(clock.instant());
        options.checkAll(filter, all);
        consent.check(terminal);
        long most = limit.most();
        if (all && most < Long.MAX_VALUE) {
            throw options.wrong("--all and --limit contradict each other");
        }
        try (TopicReader reader = new TopicReader(clients)) {
            DeadTopic topic = new DeadTopic(reader);
            Map<TopicPartition, TopicReader.Stretch> bounds = topic.boundsOfDeaths(filter);
            Doomed doomed = new Doomed(most);
            topic.read(filter, bounds, doomed);
            String what = Terminal.deliveries(doomed.plan.deliveries());
            if (doomed.unreadable > 0 && filter.isAll()) {
                what += " and " + doomed.unreadable + " unreadable";
            } else if (doomed.plan.deliveries() == 0) {
                terminal.say("no dead delivery matches");
                return Exit.NOTHING_MATCHED;
            }
            doomed.plan.print(terminal, format.format());
            if (consent.dryRun()) {
                terminal.say("dry run: %s would be purged".formatted(what));
                return Exit.DONE;
            }
            if (!consent.given(terminal, "Purge " + what + "? There is no way back.")) {
                terminal.say("nothing was purged");
                return Exit.FAILED;
            }
            return purge(new Purge(reader, filter, bounds, most), job(filter, doomed), what);
        }
    }

    private Job job(Filter filter, Doomed doomed) {
        String name = "prg_" + UUID.randomUUID();
        long total = doomed.plan.deliveries();
        return Job.begun(name, Job.Kind.purge, jobs.by(), clock.instant(), filter.said(), total);
    }

    private int purge(Purge purge, Job job, String what) {
        Rights.check(
                clients,
                List.of(Topics.DEAD, Topics.PURGED),
                List.of(Topics.PURGED, Topics.REPLAY_JOBS));
        Mark mark = new Mark(job.name(), clock.instant(), 1);
        new Running(clients, clock).run(job, (writer, done) -> purge.mark(writer, mark, done));
        delete(purge);
        if (format.format() == Terminal.Format.json) {
            ObjectNode result =
                    Json.object().put("job", job.name()).put("purged", job.counts().total());
            terminal.json(Json.object().set("result", result));
        }
        terminal.say("purged %s as %s".formatted(what, job.name()));
        return Exit.DONE;
    }

    /** What Kafka does not delete now is out of sight all the same. */
    private void delete(Purge purge) {
        Map<TopicPartition, Long> prefixes = purge.prefixes();
        if (prefixes.isEmpty()) {
            return;
        }
        try (Admin admin = clients.impatient().admin("ringback-dlq")) {
            Purge.delete(admin, prefixes);
        } catch (Failure e) {
            terminal.say(
                    "the bodies stay until their 30 days are over: Kafka does not delete them: "
                            + Failure.words(e));
        }
    }
}
