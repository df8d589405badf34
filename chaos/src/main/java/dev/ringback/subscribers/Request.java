package dev.ringback.subscribers;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One HTTP/1.1 request, read from a connection.
 *
 * @param at when its head had been read
 * @param headers by name, in any case
 */
record Request(String path, Map<String, String> headers, byte[] body, Instant at) {
    private static final int MOST_LINE_BYTES = 64 << 10;

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Reads the next one; empty when the client has closed the connection. */
    static Optional<Request> read(InputStream in, Clock clock) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        Instant at = clock.instant();
        int length = Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body ended after " + body.length + " bytes");
        }
        return Optional.of(new Request(first.split(" ", 3)[1], headers, body, at));
    }

    /** Without its end; empty at the end of the stream too. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
            if (line.length() > MOST_LINE_BYTES) {
                throw new IOException("a line of more than " + MOST_LINE_BYTES + " bytes");
            }
        }
        return line.toString().stripTrailing();
    }

    /** The body as text. */
    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
