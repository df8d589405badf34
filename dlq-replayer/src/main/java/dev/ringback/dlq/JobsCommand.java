package dev.ringback.dlq;

import dev.ringback.dlq.job.Jobs;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq jobs}: who replayed, purged or recovered what. */
@Command(
        name = "jobs",
        sortOptions = false,
        description = {
            "Lists what was replayed, purged and recovered, and who wanted it, the last first.",
            "A job that says it is running, and has not been UPDATED for a minute, was killed; a"
                    + " replay is resumed with --job NAME.",
            ""
        })
final class JobsCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "Everything about this job, instead of the list.")
    private @Nullable String name;

    @Mixin private final FormatOptions format = new FormatOptions();

    JobsCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        List<ObjectNode> jobs;
        try (TopicReader reader = new TopicReader(clients)) {
            jobs = new ArrayList<>(Jobs.read(reader).whole().values());
        }
        if (name != null) {
            jobs.removeIf(job -> !text(job, "name").equals(name));
        }
        Collections.reverse(jobs);
        if (jobs.isEmpty()) {
            terminal.say(name == null ? "no job yet" : "no job '%s'".formatted(name));
            return Exit.NOTHING_MATCHED;
        }
        switch (format.format()) {
            case json -> jobs.forEach(terminal::json);
            case table -> {
                if (name == null) {
                    table(jobs);
                } else {
                    terminal.text(
                            Json.shared()
                                    .writerWithDefaultPrettyPrinter()
                                    .writeValueAsString(jobs.getFirst()));
                }
            }
        }
        return Exit.DONE;
    }

    private void table(List<ObjectNode> jobs) {
        Instant now = clock.instant();
        Table table =
                new Table(
                        Table.Column.whole("JOB"),
                        Table.Column.whole("STATE"),
                        Table.Column.number("DONE"),
                        Table.Column.number("OF"),
                        Table.Column.number("UPDATED"),
                        Table.Column.spare("BY"),
                        Table.Column.spare("KIND"),
                        Table.Column.spare("FILTERS"));
        for (ObjectNode job : jobs) {
            table.row(
                    text(job, "name"),
                    text(job, "state"),
                    job.at("/counts/moved").asString("-"),
                    job.at("/counts/total").asString("-"),
                    age(text(job, "updated_at"), now),
                    text(job, "by"),
                    text(job, "kind"),
                    filters(job));
        }
        table.print(terminal);
    }

    private static String filters(ObjectNode job) {
        String said =
                job.path("filters").properties().stream()
                        .map(one -> "--" + one.getKey() + " " + one.getValue().asString(""))
                        .collect(Collectors.joining(" "));
        return said.isEmpty() ? "--all" : said;
    }

    private static String age(String time, Instant now) {
        try {
            return Lines.age(Instant.parse(time), now);
        } catch (DateTimeException e) {
            return "-";
        }
    }

    private static String text(JsonNode job, String field) {
        return job.path(field).asString("-");
    }
}
