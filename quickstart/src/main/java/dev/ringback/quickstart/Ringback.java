package dev.ringback.quickstart;

import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Units;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The commands that need nothing installed but Ringback itself. */
@Command(name = "ringback", description = "Ringback on this machine, all in one process.")
public final class Ringback {
    private static final Logger LOG = LoggerFactory.getLogger(Ringback.class);
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Ringback() {}

    /**
     * What a process gives its commands.
     *
     * @param in what is piped into a command
     * @param out for people
     * @param err for faults and progress
     */
    record Surroundings(
            Map<String, String> environment,
            Clock clock,
            SecureRandom random,
            InputStream in,
            PrintStream out,
            PrintStream err,
            StopSignal stop) {
        /** Copies the environment. */
        Surroundings {
            environment = Map.copyOf(environment);
        }
    }

    /**
     * Something that cannot be done, for a reason the user can act on: its message, exit code 1.
     */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** Runs one command; exits with 0, or 1 when it failed, or 2 when it was asked wrongly. */
    public static void main(String[] arguments) {
        Logs.configure("plain", "warn");
        StopSignal stop = StopSignal.listen();
        Surroundings surroundings =
                new Surroundings(
                        System.getenv(),
                        Clock.systemUTC(),
                        new SecureRandom(),
                        System.in,
                        System.out,
                        System.err,
                        stop);
        int code = FAILED;
        try {
            code = execute(surroundings, arguments);
        } catch (LinkageError e) {
            // Kafka wants to be told of the end too, and it is too late when the end has begun.
            if (!stop.raised()) {
                throw e;
            }
            code = 0;
        } finally {
            stop.exit(code);
        }
    }

    /** Runs one command and returns its exit code. */
    static int execute(Surroundings surroundings, String... arguments) {
        CommandLine line =
                new CommandLine(new Ringback())
                        .addSubcommand(new Demo(surroundings))
                        .addSubcommand(new Up(surroundings))
                        .addSubcommand(new Listen(surroundings))
                        .addSubcommand(new Play(surroundings))
                        .addSubcommand(voxml(surroundings))
                        .registerConverter(Duration.class, Ringback::duration)
                        .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                        .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                        .setParameterExceptionHandler((e, wrong) -> misused(e))
                        .setExecutionExceptionHandler((e, command, parsed) -> failed(command, e));
        addHelp(line);
        line.getSubcommands().values().forEach(Ringback::addHelp);
        if (arguments.length == 0) {
            line.usage(line.getErr());
            return USAGE;
        }
        return line.execute(arguments);
    }

    private static CommandLine voxml(Surroundings surroundings) {
        CommandLine validate = new CommandLine(new ValidateVoxml(surroundings));
        addHelp(validate);
        return new CommandLine(new ValidateVoxml.Group()).addSubcommand(validate);
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Shows this text.")
                                .build());
    }

    private static int misused(ParameterException e) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("ringback: " + e.getMessage());
        command.getErr()
                .println("see ./" + command.getCommandSpec().qualifiedName(" ") + " --help");
        return USAGE;
    }

    private static int failed(CommandLine command, Exception e) {
        LOG.debug("{} failed", command.getCommandName(), e);
        command.getErr().println("ringback: " + message(e));
        return e instanceof Settings.Invalid ? USAGE : FAILED;
    }

    private static String message(Exception e) {
        String own = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Throwable cause = e.getCause();
        String why = cause == null ? null : cause.getMessage();
        return why == null || own.contains(why) ? own : own + ": " + why;
    }

    private static Duration duration(String text) {
        try {
            return Units.duration(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
