package dev.ringback.measure;

import dev.ringback.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The trace of a record, in its headers. */
public final class Traces {
    private Traces() {}

    /** The trace that a record belongs to. */
    public static Optional<Trace> of(Headers headers) {
        return Trace.of(
                name -> {
                    Header header = headers.lastHeader(name);
                    return header == null || header.value() == null
                            ? null
                            : new String(header.value(), StandardCharsets.UTF_8);
                });
    }

    /** Says in a record's headers which trace it belongs to. */
    public static void add(Trace trace, Headers headers) {
        trace.each((name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
    }
}
