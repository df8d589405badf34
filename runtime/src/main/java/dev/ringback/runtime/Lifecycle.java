package dev.ringback.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a process, started in order and stopped in reverse. Stopping goes on past a part
 * that fails to stop. Thread-safe; stopping twice stops once.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    private final Deque<Part> started = new ArrayDeque<>();

    /** Something with a beginning and an end. */
    public interface Part {
        /** Starts; when it throws, nothing of it may be left running. */
        void start();

        /** Stops in good order; returns when it has stopped. */
        void stop();
    }

    /**
     * Runs one service as a process: reads the settings, prints them, starts, and stops when the
     * process is told to. A setting that cannot be ends it with one line and exit code 2.
     *
     * @param usage what {@code --help} prints
     */
    @SuppressWarnings("SystemOut") // what the operator is shown before there is a log
    public static void run(
            String usage,
            String[] arguments,
            Map<String, String> environment,
            Function<Settings, ? extends Part> service) {
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(usage);
            return;
        }
        try {
            if (arguments.length > 0) {
                throw new Settings.Invalid("no argument is known here: '" + arguments[0] + "'");
            }
            Settings settings = Settings.load(environment);
            Logs.configure(settings);
            Part part = service.apply(settings);
            System.err.print(settings.table());
            Runtime.getRuntime().addShutdownHook(new Thread(part::stop, "stop"));
            part.start();
        } catch (Settings.Invalid e) {
            System.err.println("ringback: " + e.getMessage());
            System.exit(2);
        } catch (RuntimeException e) {
            LOG.error("cannot start", e);
            System.exit(1);
        }
    }

    /** Starts one part after those before it. */
    public synchronized <P extends Part> P start(P part) {
        part.start();
        started.push(part);
        return part;
    }

    /** Has something closed when its turn comes. */
    public synchronized <C extends AutoCloseable> C closing(C resource) {
        started.push(new Closing(resource));
        return resource;
    }

    /** Stops all, last started first. */
    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.stop();
            } catch (RuntimeException e) {
                LOG.error("{} did not stop cleanly", part, e);
            }
        }
    }

    private record Closing(AutoCloseable resource) implements Part {
        @Override
        public void start() {}

        @Override
        public void stop() {
            try {
                resource.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + resource, e);
            }
        }
    }
}
