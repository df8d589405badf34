package dev.ringback.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All processes that have been started. They end with this one, however it ends: a shell that waits
 * for our end of a pipe to close kills what we could not. Thread-safe.
 */
public final class Children implements AutoCloseable {
    private final Path folder;
    private final Path pids;
    private final Process watchdog;
    private final Thread hook = new Thread(this::killAll, "kill-children");

    // Guarded by this.
    private final List<Child> started = new ArrayList<>();
    private boolean closed;

    /**
     * Nothing runs yet but the watchdog.
     *
     * @param folder where logs go
     */
    public Children(Path folder) {
        this.folder = folder;
        this.pids = folder.resolve("pids");
        try {
            Files.createDirectories(folder);
            Files.writeString(pids, "");
            String wait = "trap '' INT TERM HUP; cat >/dev/null; kill -9 $(cat \"$1\") 2>/dev/null";
            this.watchdog =
                    new ProcessBuilder("sh", "-c", wait, "watchdog", pids.toString())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + folder, e);
        }
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** A process to be; its log goes to the file of its name. */
    Child child(
            String name,
            String mainClass,
            List<String> flags,
            List<String> arguments,
            Map<String, String> settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("java.class.path", ""));
        command.add(mainClass);
        command.addAll(arguments);
        return new Child(this, name, command, settings);
    }

    /** Where logs go. */
    Path folder() {
        return folder;
    }

    /** Takes note of a process that has just been started, or ends it when it is too late. */
    synchronized void started(Child child) {
        if (closed) {
            child.kill();
            throw new IllegalStateException("no process starts any more");
        }
        if (!started.contains(child)) {
            started.add(child);
        }
        note();
    }

    /** What went wrong with processes that nobody ended, and what their logs should not say. */
    public synchronized List<String> troubles() {
        return started.stream().flatMap(child -> child.troubles().stream()).toList();
    }

    private synchronized void killAll() {
        closed = true;
        started.forEach(Child::kill);
    }

    /** The watchdog kills only what is alive now: a number may belong to somebody else later. */
    synchronized void note() {
        String alive =
                started.stream()
                        .filter(Child::isAlive)
                        .map(child -> Long.toString(child.pid()))
                        .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(pids, alive);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + pids, e);
        }
    }

    /** Kills all that still run. */
    @Override
    public void close() {
        killAll();
        note();
        watchdog.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process is ending already; the hook does no harm.
            hook.setName("kill-children-again");
        }
    }
}
