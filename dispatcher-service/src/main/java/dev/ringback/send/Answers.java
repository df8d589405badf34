package dev.ringback.send;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import okhttp3.Call;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/**
 * Reads an answer, at most 64 KiB of its body, and of these keeps what the log shows. A compressed
 * body is shown as the text it is, though no compression was asked for; one that cannot be read is
 * shown as far as it could: the status decides. Pure, but for the reading.
 */
final class Answers {
    static final int MOST_READ_BYTES = 64 << 10;
    static final int MOST_KEPT_BYTES = 16 << 10;

    private Answers() {}

    /** The answer; nothing more is read of it afterwards. */
    static Reply.Answered read(Call call, Response response) throws IOException {
        BufferedSource source = response.body().source();
        boolean more = isLonger(source);
        if (more) {
            // Or else closing would read on for a while, to save the connection.
            call.cancel();
        }
        Buffer read = source.getBuffer();
        byte[] raw = read.readByteArray(Math.min(MOST_READ_BYTES, read.size()));
        byte[] text = decoded(raw, response.header("Content-Encoding", ""));
        boolean truncated = more || text.length > MOST_KEPT_BYTES;
        int kept = Math.min(MOST_KEPT_BYTES, text.length);
        return new Reply.Answered(
                response.code(),
                headers(response),
                new String(text, 0, kept, StandardCharsets.UTF_8),
                truncated);
    }

    /** An answer of which the status is known and a body is not to be had. */
    static Reply.Answered withoutBody(Response head) {
        return new Reply.Answered(head.code(), headers(head), "", false);
    }

    private static boolean isLonger(BufferedSource source) throws IOException {
        try {
            return source.request(MOST_READ_BYTES);
        } catch (IOException e) {
            if (Wire.isTooMuch(e)) {
                return true;
            }
            throw e;
        }
    }

    private static Map<String, String> headers(Response response) {
        Map<String, String> headers = new HashMap<>();
        response.headers()
                .forEach(
                        header ->
                                headers.merge(
                                        header.getFirst().toLowerCase(Locale.ROOT),
                                        header.getSecond(),
                                        (a, b) -> a + ", " + b));
        return headers;
    }

    private static byte[] decoded(byte[] raw, String encoding) {
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> gunzipped(raw);
            case "deflate" -> inflated(raw);
            default -> raw;
        };
    }

    private static byte[] gunzipped(byte[] raw) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(raw))) {
            return start(in);
        } catch (IOException e) {
            return raw;
        }
    }

    /** With the header of zlib, as RFC 9110 has it, or without, as many have it. */
    private static byte[] inflated(byte[] raw) {
        try (Inflater wrapped = new Inflater(false);
                Inflater bare = new Inflater(true)) {
            byte[] text = start(new InflaterInputStream(new ByteArrayInputStream(raw), wrapped));
            return text.length > 0
                    ? text
                    : start(new InflaterInputStream(new ByteArrayInputStream(raw), bare));
        }
    }

    /** As much as shows that there is more than is kept; what is broken ends there. */
    private static byte[] start(InputStream in) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        byte[] part = new byte[4 << 10];
        try {
            for (int count = in.read(part);
                    count > 0 && text.size() <= MOST_KEPT_BYTES;
                    count = in.read(part)) {
                text.write(part, 0, count);
            }
        } catch (IOException e) {
            return text.toByteArray();
        }
        return text.toByteArray();
    }
}
