package dev.ringback.bench;

import dev.ringback.runtime.Logs;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import dev.ringback.trial.Bench;
import dev.ringback.trial.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ringback bench}: the benchmarks, with a table for people and JSON for programs. */
@Command(
        name = "ringback bench",
        description = {
            "Measures Ringback on this machine: a broker, a dispatcher with 512 MB of",
            "heap and a receiver, on data that is deleted afterwards. Exit code 0 when",
            "every run counts, 1 when one does not: its ledger does not close, or a",
            "process ended, or the machine does not carry the load."
        })
public final class BenchMain implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--scenario",
            paramLabel = "S",
            description = "One of ${COMPLETION-CANDIDATES}; all when left out.")
    private @Nullable Scenario scenario;

    @Option(
            names = "--quick",
            description = "Smaller and shorter: minutes instead of half an hour.")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Writes one JSON object a scenario, a line each.")
    private @Nullable Path json;

    @Option(
            names = "--duration",
            paramLabel = "60s",
            converter = DurationReader.class,
            description = "Measured time; drain: time down; heap: time watched.")
    private @Nullable Duration duration;

    @Option(names = "--rate", paramLabel = "N", description = "Events a second.")
    private @Nullable Integer rate;

    @Option(names = "--endpoints", paramLabel = "N", description = "Endpoints in all.")
    private @Nullable Integer endpoints;

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "backlog, answer, replay, heap: deliveries that wait.")
    private @Nullable Integer records;

    private BenchMain() {}

    /** Runs the scenarios asked for, one after another. */
    public static void main(String[] arguments) {
        Logs.configure("plain", "error");
        Locale.setDefault(Locale.ROOT);
        System.exit(command().execute(arguments));
    }

    static CommandLine command() {
        CommandLine command = new CommandLine(new BenchMain());
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Shows this text.")
                                .build());
        return command.setExecutionExceptionHandler(
                (e, failed, parsed) -> {
                    failed.getErr().println("ringback: " + e.getMessage());
                    return FAILED;
                });
    }

    @Override
    public Integer call() throws IOException {
        positive("--rate", rate);
        positive("--endpoints", endpoints);
        positive("--records", records);
        Bench bench =
                new Bench(quick, duration, rate, endpoints, records, Clock.systemUTC(), System.err);
        boolean counts = true;
        List<String> lines = new ArrayList<>();
        for (Scenario next : scenario == null ? List.of(Scenario.values()) : List.of(scenario)) {
            Report report = next.run(bench);
            System.out.println(report.table());
            counts &= report.counts();
            lines.add(Json.text(report.json()));
            if (json != null) {
                Files.write(json, lines);
            }
        }
        return counts ? 0 : FAILED;
    }

    private void positive(String name, @Nullable Integer value) {
        if (value != null && value < 1 && spec != null) {
            throw new ParameterException(
                    spec.commandLine(), name + ": " + value + " is less than one");
        }
    }

    /** Reads {@code 60s}. */
    static final class DurationReader implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return Units.duration(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
