package dev.ringback.dlq;

import dev.ringback.dlq.purge.PurgeCommand;
import dev.ringback.dlq.recover.RecoverCommand;
import dev.ringback.dlq.replay.ReplayCommand;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** {@code ringback dlq}: the dead-letter replayer. */
@Command(
        name = "ringback dlq",
        description = "Looks at dead deliveries, and replays them.",
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done",
            " 1:failed",
            " 2:wrong usage",
            " 3:nothing matched",
            " 4:replayed, and some died again (--wait, --stop-at-failures)",
            "130:interrupted"
        },
        footer = {
            "",
            "Data goes to stdout, messages to stderr. Kafka is where",
            "RINGBACK_KAFKA_BOOTSTRAP_SERVERS says."
        })
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int STOP_SECONDS = 8;

    @SuppressWarnings("UnusedVariable") // picocli acts on it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Says this.")
    private boolean help;

    private Main() {}

    /** Runs one command on this process's own surroundings, and ends the process. */
    public static void main(String[] args) {
        PrintStream out =
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                        false,
                        StandardCharsets.UTF_8);
        PrintStream err = System.err;
        Settings settings;
        try {
            settings = Settings.load(System.getenv());
        } catch (Settings.Invalid e) {
            err.println("ringback: " + e.getMessage());
            System.exit(Exit.USAGE);
            return;
        }
        Logs.configure(settings.get(Setting.LOG_FORMAT), "warn");
        boolean asks = settings.get(Setting.TTY) && stdinIsTerminal();
        CountDownLatch ended = stopOnSignal(Thread.currentThread());
        int code =
                run(
                        args,
                        settings.with(Setting.TTY, Boolean.toString(asks)),
                        out,
                        err,
                        System.in,
                        Clock.systemUTC());
        ended.countDown();
        System.exit(code);
    }

    /**
     * Runs one command.
     *
     * @param args after {@code ringback dlq}
     * @param settings where Kafka is, and whether there is a terminal to ask on
     * @param out for data
     * @param err for messages
     * @param in for answers
     * @return the exit code
     */
    public static int run(
            String[] args,
            Settings settings,
            PrintStream out,
            PrintStream err,
            InputStream in,
            Clock clock) {
        KafkaClients clients = KafkaClients.of(settings);
        Terminal terminal =
                new Terminal(
                        out, err, in, settings.get(Setting.TTY), settings.get(Setting.COLUMNS));
        CommandLine command =
                new CommandLine(new Main())
                        .addSubcommand(new ListCommand(clients, terminal, clock))
                        .addSubcommand(new ShowCommand(clients, terminal))
                        .addSubcommand(new StatsCommand(clients, terminal, clock))
                        .addSubcommand(new ReplayCommand(clients, terminal, clock))
                        .addSubcommand(
                                new RecoverCommand(
                                        clients, settings.get(Setting.ALLOW_HTTP), terminal, clock))
                        .addSubcommand(new PurgeCommand(clients, terminal, clock))
                        .addSubcommand(new JobsCommand(clients, terminal, clock))
                        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                        .setParameterExceptionHandler((e, wrong) -> misused(e, terminal))
                        .setExecutionExceptionHandler(
                                (e, failed, parsed) -> failed(e, clients, terminal));
        int code = command.execute(args);
        out.flush();
        return code;
    }

    private static int misused(ParameterException e, Terminal terminal) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.say(
                "ringback: %s (see %s --help)".formatted(Failure.oneLine(e.getMessage()), command));
        return Exit.USAGE;
    }

    private static int failed(Exception e, KafkaClients clients, Terminal terminal) {
        return switch (e) {
            case ParameterException misuse -> misused(misuse, terminal);
            case InterruptException stopped -> {
                Thread.interrupted();
                terminal.say("interrupted");
                yield Exit.INTERRUPTED;
            }
            case Failure failure -> {
                terminal.say("ringback: %s".formatted(Failure.words(failure)));
                yield Exit.FAILED;
            }
            case KafkaException kafka -> {
                terminal.say(
                        "ringback: Kafka at %s: %s"
                                .formatted(clients.bootstrapServers(), Failure.words(kafka)));
                yield Exit.FAILED;
            }
            default -> {
                LOG.debug("a fault of ours", e);
                terminal.say(
                        "ringback: a fault of ours: %s".formatted(Failure.oneLine(e.toString())));
                yield Exit.FAILED;
            }
        };
    }

    /** The launcher says whether messages reach a terminal; answers must come from one too. */
    @SuppressWarnings("SystemConsoleNull") // since JDK 25 it is null again without a terminal
    private static boolean stdinIsTerminal() {
        try {
            Path stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0"));
            return stdin.startsWith("/dev/pts") || stdin.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            // No such link, or a system that has none: the console is all there is to ask.
            return System.console() != null && System.console().isTerminal();
        }
    }

    /** Lets a command say how far it came before a signal ends the process. */
    private static CountDownLatch stopOnSignal(Thread working) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread stop =
                new Thread(
                        () -> {
                            if (ended.getCount() > 0) {
                                working.interrupt();
                                awaitEnd(ended);
                            }
                        },
                        "stop");
        Runtime.getRuntime().addShutdownHook(stop);
        return ended;
    }

    private static void awaitEnd(CountDownLatch ended) {
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("ringback: stopped in the middle");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
