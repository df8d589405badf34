package dev.ringback.dlq.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command is told what to put into its job's record. */
public final class JobOptions {
    @Option(
            names = "--by",
            paramLabel = "WHO",
            description = "Whom the job's record names. Default: user@host.")
    private @Nullable String by;

    /** Who wants it. */
    public String by() {
        return by == null || by.isBlank() ? System.getProperty("user.name", "?") + host() : by;
    }

    /** The machine's own name for itself; asking the network for it could take long. */
    private static String host() {
        try {
            return "@" + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
