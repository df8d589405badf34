package dev.ringback.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One JVM that is started, killed, paused and started again, always with the same settings. Driven
 * by one thread; may be killed by any.
 */
final class Child {
    private static final long STOP_SECONDS = 20;
    private static final String OUT_OF_MEMORY = "OutOfMemoryError";

    private static final Pattern COLLECTION = Pattern.compile("\\[gc.*\\b(\\d+)M->\\d+M");

    private final Children all;
    private final Path log;
    private final String name;
    private final ProcessBuilder builder;

    private volatile @Nullable Process process;
    private volatile boolean wanted;

    Child(Children all, String name, List<String> command, Map<String, String> settings) {
        this.all = all;
        this.log = all.folder().resolve(name + ".log");
        this.name = name;
        this.builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(key -> key.startsWith("RINGBACK_"));
        builder.environment().putAll(settings);
    }

    String name() {
        return name;
    }

    /** Starts it; what it says is added to its log. */
    void start() {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        try {
            process =
                    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
            wanted = true;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
        all.started(this);
    }

    boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    long pid() {
        return running().pid();
    }

    /** {@code kill -9}; returns when it is gone. */
    void kill() {
        wanted = false;
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** SIGTERM; returns when it has stopped, or after a limit when it has been killed. */
    void stop() {
        wanted = false;
        Process running = running();
        running.destroy();
        try {
            if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }

    private Process running() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " has not been started");
        }
        return running;
    }

    /** SIGSTOP: it keeps its connections and answers nothing. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT: it goes on as if no time had passed. */
    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot signal " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The most heap, in MB, that was in use before a collection that its log tells of. */
    long heapMegabytes() {
        if (!Files.exists(log)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(COLLECTION::matcher)
                    .filter(Matcher::find)
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** Why it is not as it should be: it ended by itself, or ran out of memory. */
    List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        if (wanted && !isAlive()) {
            troubles.add(name + " ended by itself with code " + running().exitValue());
        }
        if (Files.exists(log)) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.filter(line -> line.contains(OUT_OF_MEMORY))
                        .findFirst()
                        .ifPresent(line -> troubles.add(name + ": " + line));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + log, e);
            }
        }
        return troubles;
    }
}
