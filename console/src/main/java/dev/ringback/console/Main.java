package dev.ringback.console;

import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Settings;
import java.time.Clock;
import java.util.List;

/** Runs the console against an existing Kafka until it is stopped. */
public final class Main {
    private static final String USAGE =
            """
            Usage: ringback console
            The read side against an existing Kafka: calls and deliveries over HTTP.
            All is set by RINGBACK_ variables, or in the file that RINGBACK_CONFIG names.
            """;

    private Main() {}

    /** Starts the service; exits with 2 when it is asked for something it cannot be. */
    public static void main(String[] arguments) {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(USAGE);
            return;
        }
        if (arguments.length > 0) {
            System.err.println("ringback: console takes no arguments, not '" + arguments[0] + "'");
            System.exit(2);
        }
        try {
            run(Settings.load(System.getenv()));
        } catch (Settings.Invalid e) {
            System.err.println("ringback: " + e.getMessage());
            System.exit(2);
        }
    }

    private static void run(Settings settings) {
        Logs.configure(settings);
        System.err.print(settings.table());
        Lifecycle parts = new Lifecycle();
        Runtime.getRuntime().addShutdownHook(new Thread(parts::close, "stop"));
        ConsoleService console = parts.start(new ConsoleService(settings, Clock.systemUTC()));
        System.err.println("ringback: console listens on port " + console.port());
    }
}
