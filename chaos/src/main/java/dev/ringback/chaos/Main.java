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
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            "Exit code: 0 all were kept, 1 one was broken, 2 asked wrongly, 130 interrupted."
        })
@SuppressWarnings("SystemOut") // the terminal is what this command is for
public final class Main implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int BROKEN = 1;
    private static final long PRINT_SECONDS = 30;

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
                    System.err.println("ringback chaos: " + reasons(e));
                    return BROKEN;
                });
        System.exit(line.execute(arguments));
    }

    /** Its message, and those of what caused it. */
    private static String reasons(Throwable e) {
        return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .map(cause -> cause.getMessage() == null ? cause.toString() : cause.getMessage())
                .distinct()
                .collect(Collectors.joining(": "));
    }

    private static void say(String line) {
        System.out.println(line);
    }

    @Override
    public Integer call() throws IOException {
        check();
        long number = seed == null ? new SecureRandom().nextInt(1, Integer.MAX_VALUE) : seed;
        Path place = folder == null ? Files.createTempDirectory("ringback-chaos") : folder;
        say("seed " + number + ", data and logs in " + place);
        Plan plan = once ? Plan.shortRun(number) : Plan.of(number, Duration.ofMinutes(minutes));
        Report report = report(plan, place);
        if (!report.broken().isEmpty()) {
            return BROKEN;
        }
        if (folder == null) {
            Installation.delete(place);
        }
        return 0;
    }

    private void check() throws IOException {
        if (spec != null && minutes < 1) {
            throw new ParameterException(spec.commandLine(), "--minutes is at least 1");
        }
        if (spec != null && folder != null && !isFree(folder)) {
            throw new ParameterException(
                    spec.commandLine(), "--folder " + folder + " is not an empty folder");
        }
    }

    private static boolean isFree(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return !Files.exists(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Ctrl-C ends the run early; the process ends, with 130, when the ledger is printed. */
    private static Report report(Plan plan, Path place) {
        CountDownLatch printed = new CountDownLatch(1);
        try (Run run = new Run(plan, place, Clock.systemUTC(), Main::say)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(run, printed), "stop"));
            Report report = run.run();
            say("\nseed " + plan.seed() + ", all waves\n" + report.table());
            report.broken().forEach(Main::say);
            return report;
        } finally {
            printed.countDown();
        }
    }

    private static void stop(Run run, CountDownLatch printed) {
        run.stop();
        try {
            if (!printed.await(PRINT_SECONDS, TimeUnit.SECONDS)) {
                say("the ledger is not known in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
