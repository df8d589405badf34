package dev.ringback.dlq.scan;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option by which a command is told how much is enough. */
public final class LimitOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    private @Nullable Long limit;

    /** How many at most. */
    public long most() {
        if (limit == null) {
            return Long.MAX_VALUE;
        }
        if (limit < 1 && command != null) {
            throw new ParameterException(command.commandLine(), "--limit must be at least 1");
        }
        return limit;
    }
}
