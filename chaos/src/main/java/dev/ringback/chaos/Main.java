package dev.ringback.chaos;

import dev.ringback.evidence.Report;
import dev.ringback.processes.Installation;
import dev.ringback.runtime.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ringback chaos}: the guarantees, tried for as long as wanted. */
@Command(
        name = "ringback chaos",
        description = {
            "Kills, pauses and restarts three brokers, three dispatchers and ingest while",
            "events go in, and checks each guarantee from what 200 subscribers saw.",
            "Exit code: 0 all were kept, 1 one was broken, 2 asked wrongly."
        })
@SuppressWarnings("SystemOut") // the terminal is what this command is for
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int BROKEN = 1;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long waves of events follow each other (${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--short", description = "One wave instead, with each kind of fault once.")
    private boolean once;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Decides subscribers, events and faults; any, when not given.")
    private @Nullable Long seed;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Keeps data and logs; otherwise they are kept when something is broken.")
    private @Nullable Path folder;

    /** Runs until the time is over, a guarantee is broken, or Ctrl-C. */
    public static void main(String[] arguments) {
        Logs.configure("plain", "error");
        CommandLine line = new CommandLine(new Main());
        line.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Shows this text.")
                                .build());
        line.setExecutionExceptionHandler(
                (e, command, parsed) -> {
                    LOG.debug("the run failed", e);
                    System.err.println("ringback chaos: " + e.getMessage());
                    return BROKEN;
                });
        System.exit(line.execute(arguments));
    }

    private static void say(String line) {
        System.out.println(line);
    }

    @Override
    public Integer call() throws IOException {
        if (minutes < 1 && spec != null) {
            throw new ParameterException(spec.commandLine(), "--minutes is at least 1");
        }
        long number = seed == null ? new SecureRandom().nextInt(1, Integer.MAX_VALUE) : seed;
        Path place = folder == null ? Files.createTempDirectory("ringback-chaos") : folder;
        say("seed " + number + ", data and logs in " + place);
        Plan plan = once ? Plan.shortRun(number) : Plan.of(number, Duration.ofMinutes(minutes));
        Report report;
        try (Run run = new Run(plan, place, Clock.systemUTC(), Main::say)) {
            report = run.run();
        }
        say("\nseed " + number + ", all waves\n" + report.table());
        report.broken().forEach(Main::say);
        if (!report.broken().isEmpty()) {
            return BROKEN;
        }
        if (folder == null) {
            Installation.delete(place);
        }
        return 0;
    }
}
