package dev.ringback.dlq.recover;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.JobOptions;
import dev.ringback.dlq.job.Running;
import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.LimitOptions;
import dev.ringback.dlq.scan.TimeOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.ConsentOptions;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.dlq.write.Rights;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringback dlq recover}: an endpoint gets the events that it never got. */
@Command(
        name = "recover",
        sortOptions = false,
        description = {
            "Sends an endpoint the events that it never got, such as those from before it was made.",
            "Its events, scope and policy decide, as they are now. Events are kept for 7 days. What"
                    + " it got, what is on its way and what is dead are left out: replay dead ones. The"
                    + " same command twice sends nothing twice. --since has to be said.",
            ""
        },
        footer = {
            "",
            "  ringback dlq recover --endpoint ep_1 --since 2d --dry-run",
            "  ringback dlq recover --endpoint ep_1 --since 2d --event-type call.ended --yes"
        })
public final class RecoverCommand implements Callable<Integer> {
    private static final Duration KEPT = Duration.ofDays(7);

    private final KafkaClients clients;
    private final boolean allowHttp;
    private final Terminal terminal;
    private final Clock clock;

    @Option(
            names = "--endpoint",
            paramLabel = "ID",
            required = true,
            description = "The endpoint that gets them.")
    private String endpoint = "";

    @Mixin private final TimeOptions times = new TimeOptions();

    @Option(names = "--event-type", paramLabel = "TYPE", description = "Such as call.ended.")
    private @Nullable String eventType;

    @Option(
            names = "--call",
            paramLabel = "ID",
            description = "About this call (or assistant, or message).")
    private @Nullable String call;

    @Mixin private final LimitOptions limit = new LimitOptions();
    @Mixin private final ConsentOptions consent = new ConsentOptions();
    @Mixin private final JobOptions jobs = new JobOptions();
    @Mixin private final FormatOptions format = new FormatOptions();

    /**
     * Works on this Kafka.
     *
     * @param allowHttp whether a call's URLs may be http
     */
    public RecoverCommand(KafkaClients clients, boolean allowHttp, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.allowHttp = allowHttp;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Wanted wanted = wanted(clock.instant());
        limit.most();
        consent.check(terminal);
        try (TopicReader reader = new TopicReader(clients)) {
            Optional<Recipient> found = Recipient.find(reader, endpoint);
            if (found.isEmpty()) {
                terminal.say("no endpoint %s".formatted(endpoint));
                return Exit.NOTHING_MATCHED;
            }
            Recipient recipient = found.get();
            if (recipient.isDisabled()) {
                throw new Failure(
                        "endpoint %s is disabled: enable it, or all that it is sent dies at once"
                                .formatted(endpoint));
            }
            Missing missing = new Missing(limit.most());
            search(reader, recipient, wanted, missing);
            remark(missing);
            if (missing.total() == 0) {
                terminal.say("endpoint %s misses nothing".formatted(endpoint));
                return Exit.NOTHING_MATCHED;
            }
            missing.print(terminal, format.format());
            String what = Terminal.deliveries(missing.total());
            if (consent.dryRun()) {
                terminal.say("dry run: %s would be made".formatted(what));
                return Exit.DONE;
            }
            if (!consent.given(terminal, "Send " + what + " to " + endpoint + "?")) {
                terminal.say("nothing was sent");
                return Exit.FAILED;
            }
            return recover(reader, recipient, wanted, missing.total());
        }
    }

    private Wanted wanted(Instant now) {
        TimeOptions.Span span = times.span(now);
        Instant since = span.since().orElseThrow(() -> times.wrong("--since is missing"));
        if (since.isBefore(now.minus(KEPT))) {
            throw times.wrong("--since is longer ago than events are kept, 7d");
        }
        Optional<EventType> type = Optional.empty();
        if (eventType != null) {
            type = EventType.of(eventType);
            if (type.isEmpty()) {
                throw times.wrong("--event-type: '" + eventType + "' is no type of event");
            }
        }
        return new Wanted(endpoint, since, span.until(), type, Optional.ofNullable(call));
    }

    private void search(
            TopicReader reader, Recipient recipient, Wanted wanted, Recovery.Visitor visitor) {
        // In this order: whatever routing has made by then is seen.
        Map<TopicPartition, Long> routed = Existing.routed(clients);
        IdTable got = Existing.ids(reader, wanted.endpoint(), wanted.since());
        new Recovery(reader, new EventLog(reader, allowHttp), recipient, wanted, got)
                .read(routed, visitor);
    }

    private void remark(Missing missing) {
        if (missing.incomplete() > 0) {
            terminal.say(
                    "%s left out: the first events of their calls are no longer kept"
                            .formatted(Terminal.deliveries(missing.incomplete())));
        }
        if (missing.tooLarge() > 0) {
            terminal.say(
                    "%s left out: larger than 4 MiB"
                            .formatted(Terminal.deliveries(missing.tooLarge())));
        }
    }

    private int recover(TopicReader reader, Recipient recipient, Wanted wanted, long total) {
        Rights.check(clients, List.of(Topics.REPLAY), List.of(Topics.REPLAY, Topics.REPLAY_JOBS));
        String name = "rcv_" + UUID.randomUUID();
        Job job =
                Job.begun(name, Job.Kind.recover, jobs.by(), clock.instant(), said(wanted), total);
        Delivering delivering = new Delivering(reader, name, clock, total);
        long sent =
                new Running(clients, clock)
                        .run(
                                job,
                                (writer, done) ->
                                        search(
                                                reader,
                                                recipient,
                                                wanted,
                                                delivering.to(writer, done)));
        if (format.format() == Terminal.Format.json) {
            terminal.json(
                    Json.object()
                            .set("result", Json.object().put("job", name).put("recovered", sent)));
        }
        terminal.say("sent %s to %s as %s".formatted(Terminal.deliveries(sent), endpoint, name));
        return Exit.DONE;
    }

    private static Map<String, String> said(Wanted wanted) {
        Map<String, String> said = new TreeMap<>();
        said.put("endpoint", wanted.endpoint());
        said.put("since", wanted.since().toString());
        wanted.until().ifPresent(until -> said.put("until", until.toString()));
        wanted.eventType().ifPresent(type -> said.put("event-type", type.text()));
        wanted.call().ifPresent(id -> said.put("call", id));
        return said;
    }
}
