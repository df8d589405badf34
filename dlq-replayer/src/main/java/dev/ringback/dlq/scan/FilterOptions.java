package dev.ringback.dlq.scan;

import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Units;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a command is told which dead deliveries it is about. */
public final class FilterOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--endpoint", paramLabel = "ID", description = "Sent to this endpoint.")
    private @Nullable String endpoint;

    @Option(names = "--account", paramLabel = "ID", description = "Of this account.")
    private @Nullable String account;

    @Option(
            names = "--call",
            paramLabel = "ID",
            description = "About this call (or assistant, or message).")
    private @Nullable String call;

    @Option(names = "--event-type", paramLabel = "TYPE", description = "Such as call.ended.")
    private @Nullable String eventType;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "Why it died: ${COMPLETION-CANDIDATES}.")
    private @Nullable Reason reason;

    @Option(
            names = "--status",
            paramLabel = "CODE",
            description = "HTTP status of the last attempt: 503, 5xx, or none.")
    private @Nullable String status;

    @Option(names = "--delivery", paramLabel = "ID", description = "This delivery.")
    private @Nullable String delivery;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Died then or later: RFC 3339, or 2h for two hours ago.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Died before then.")
    private @Nullable String until;

    /**
     * What the options mean.
     *
     * @throws ParameterException when no delivery could ever match
     */
    public Filter filter(Instant now) {
        Optional<Instant> from = time("--since", since, now);
        Optional<Instant> to = time("--until", until, now);
        if (from.isPresent() && from.get().isAfter(now)) {
            throw wrong("--since is in the future");
        }
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            throw wrong("--since must be before --until");
        }
        return new Filter(
                text("--endpoint", endpoint),
                text("--account", account),
                text("--call", call),
                text("--event-type", eventType),
                Optional.ofNullable(reason),
                Optional.ofNullable(status).map(this::status),
                text("--delivery", delivery),
                from,
                to);
    }

    /** A usage error of the command that has these options. */
    public ParameterException wrong(String message) {
        if (command == null) {
            throw new IllegalStateException("these options belong to no command");
        }
        return new ParameterException(command.commandLine(), message);
    }

    /** The number, which must be above zero if it is there at all. */
    public Optional<Integer> positive(String name, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw wrong(name + " must be at least 1");
        }
        return Optional.ofNullable(value);
    }

    private Optional<String> text(String name, @Nullable String value) {
        if (value != null && value.isBlank()) {
            throw wrong(name + " is empty");
        }
        return Optional.ofNullable(value);
    }

    private Filter.Status status(String text) {
        if (text.equals("none")) {
            return new Filter.Status.None();
        }
        if (text.matches("[1-5]xx")) {
            return new Filter.Status.OfClass(text.charAt(0) - '0');
        }
        if (text.matches("[1-5]\\d\\d")) {
            return new Filter.Status.Exactly(Integer.parseInt(text));
        }
        throw wrong("--status: '" + text + "' is not a status such as 503, 5xx or none");
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
}
