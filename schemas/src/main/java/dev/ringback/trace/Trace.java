package dev.ringback.trace;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that something belongs to, as W3C Trace Context writes it in two headers. It is passed
 * on as it came: Ringback records no spans of its own, so it must not name any as a parent either.
 *
 * @param parent the header {@code traceparent}
 * @param state the header {@code tracestate}
 * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context</a>
 */
public record Trace(String parent, Optional<String> state) {
    /** What the header is called, in HTTP and in Kafka. */
    public static final String PARENT = "traceparent";

    private static final String STATE = "tracestate";
    private static final Pattern VALID =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,512}");

    /**
     * Reads the headers.
     *
     * @param header the value of a header by its name; null when there is none
     * @return empty when there is no trace, or none that is valid
     */
    public static Optional<Trace> of(Function<String, @Nullable String> header) {
        String parent = header.apply(PARENT);
        if (parent == null || !VALID.matcher(parent.strip()).matches()) {
            return Optional.empty();
        }
        Optional<String> state =
                Optional.ofNullable(header.apply(STATE))
                        .map(String::strip)
                        .filter(text -> PRINTABLE.matcher(text).matches());
        return Optional.of(new Trace(parent.strip(), state));
    }

    /** Names and values of the headers that say it. */
    public void each(BiConsumer<String, String> header) {
        header.accept(PARENT, parent);
        state.ifPresent(text -> header.accept(STATE, text));
    }
}
