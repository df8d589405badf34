package dev.ringback.dlq.scan;

import dev.ringback.schemas.Units;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a command is told which time it is about. */
public sealed class TimeOptions permits FilterOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Not before then: RFC 3339, or 2h for two hours ago.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Before then, in the same forms.")
    private @Nullable String until;

    /**
     * A stretch of time.
     *
     * @param since it begins there
     * @param until it ends before
     */
    public record Span(Optional<Instant> since, Optional<Instant> until) {}

    /**
     * What the options mean.
     *
     * @throws ParameterException when nothing could ever happen in that time
     */
    public final Span span(Instant now) {
        Optional<Instant> from = time("--since", since, now);
        Optional<Instant> to = time("--until", until, now);
        if (from.isPresent() && from.get().isAfter(now)) {
            throw wrong("--since is in the future");
        }
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw wrong("--since must be before --until");
        }
        return new Span(from, to);
    }

    final void say(Map<String, String> said) {
        put(said, "since", since);
        put(said, "until", until);
    }

    final void recallTimes(Map<String, String> said) {
        since = said.get("since");
        until = said.get("until");
    }

    static void put(Map<String, String> said, String name, @Nullable String value) {
        if (value != null) {
            said.put(name, value);
        }
    }

    private Optional<Instant> time(String name, @Nullable String text, Instant now) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    text.contains("T") || text.contains("t")
                            ? OffsetDateTime.parse(text).toInstant()
                            : now.minus(Units.duration(text)));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw wrong(
                    name
                            + ": '"
                            + text
                            + "' is neither a time such as 2026-11-23T09:00:00Z nor one ago"
                            + " such as 2h");
        }
    }

    /** A usage error of the command that has these options. */
    public final ParameterException wrong(String message) {
        if (command == null) {
            throw new IllegalStateException("these options belong to no command");
        }
        return new ParameterException(command.commandLine(), message);
    }
}
