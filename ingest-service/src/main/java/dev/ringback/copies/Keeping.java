package dev.ringback.copies;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * Keeps every topic spread, also those that are created later, until its process is stopped. A mark
 * in the file system is there while every copy is.
 */
public final class Keeping {
    private static final long PAUSE_MILLIS = 2_000;

    private final Spread spread;
    private final int copies;
    private final Path mark;
    private final PrintStream out;
    private String said = "";

    /**
     * Uses the admin client without closing it.
     *
     * @param copies of each partition
     * @param mark a file that is there while all have them
     */
    public Keeping(Admin admin, int copies, Path mark, PrintStream out) {
        this.spread = new Spread(admin, copies);
        this.copies = copies;
        this.mark = mark;
        this.out = out;
    }

    /** Returns only by being interrupted. */
    public void run() throws InterruptedException {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            timer.scheduleWithFixedDelay(this::keep, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault
                    ? fault
                    : new IllegalStateException(e.getCause());
        } finally {
            timer.shutdownNow();
        }
    }

    private void keep() {
        try {
            note(left());
        } catch (InterruptedException e) {
            // Only its end interrupts it.
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> left() throws InterruptedException {
        try {
            return spread.advance();
        } catch (ExecutionException e) {
            return Optional.of("Kafka: " + e.getCause());
        }
    }

    private void note(Optional<String> left) {
        String line = left.orElse("every topic has " + copies + " copies");
        if (!line.equals(said)) {
            out.println(line);
            said = line;
        }
        try {
            if (left.isPresent()) {
                Files.deleteIfExists(mark);
            } else if (Files.notExists(mark)) {
                Files.createDirectories(mark.toAbsolutePath().getParent());
                Files.createFile(mark);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + mark, e);
        }
    }
}
