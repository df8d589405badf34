package dev.ringback.dlq.scan;

import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Reason;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options by which a command is told which dead deliveries it is about. */
public final class FilterOptions extends TimeOptions {
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

    /**
     * What the options mean.
     *
     * @throws ParameterException when no delivery could ever match
     */
    public Filter filter(Instant now) {
        Span span = span(now);
        return new Filter(
                text("--endpoint", endpoint),
                text("--account", account),
                text("--call", call),
                Optional.ofNullable(eventType).map(this::eventType),
                Optional.ofNullable(reason),
                Optional.ofNullable(status).map(this::status),
                text("--delivery", delivery),
                span.since(),
                span.until());
    }

    /** What was said, word for word, by the names of the options. */
    public Map<String, String> said() {
        Map<String, String> said = new TreeMap<>();
        put(said, "endpoint", endpoint);
        put(said, "account", account);
        put(said, "call", call);
        put(said, "event-type", eventType);
        put(said, "reason", reason == null ? null : reason.name());
        put(said, "status", status);
        put(said, "delivery", delivery);
        say(said);
        return said;
    }

    /** Takes what was said before for what is said now. */
    public void recall(Map<String, String> said) {
        endpoint = said.get("endpoint");
        account = said.get("account");
        call = said.get("call");
        eventType = said.get("event-type");
        String why = said.get("reason");
        reason = why == null ? null : Reason.valueOf(why);
        status = said.get("status");
        delivery = said.get("delivery");
        recallTimes(said);
    }

    /**
     * Checks that a command that changes something is told what it is about.
     *
     * @param all whether it is told to take everything
     */
    public void checkAll(Filter filter, boolean all) {
        if (filter.isAll() && !all) {
            throw wrong("say which: a filter such as --endpoint ID, or --all");
        }
        if (!filter.isAll() && all) {
            throw wrong("--all means every dead delivery: leave it out, or the filters");
        }
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

    private String eventType(String text) {
        if (EventType.of(text).isEmpty()) {
            throw wrong("--event-type: '" + text + "' is no type of event");
        }
        return text;
    }

    private Filter.Status status(String text) {
        return Filter.Status.of(text)
                .orElseThrow(
                        () ->
                                wrong(
                                        "--status: '"
                                                + text
                                                + "' is not a status such as 503, 5xx or none"));
    }
}
