package dev.ringback.send;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import okhttp3.Call;
import okhttp3.Headers;
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

    /** Nobody needs more; a receiver can send tens of thousands. */
    static final int MOST_NAMES = 256;

    /** Is kept wherever it stands, since it decides. */
    private static final String ASKS = "retry-after";

    private Answers() {}

    /**
     * The answer; nothing more is read of it afterwards.
     *
     * @param head status and headers as they came
     * @param response where its body comes from
     */
    static Reply.Answered read(Call call, Response head, Response response) throws IOException {
        if (isBodiless(head)) {
            if (hasBody(head)) {
                // Or else closing would wait for it.
                call.cancel();
            }
            return withoutBody(head);
        }
        BufferedSource source = response.body().source();
        boolean more = isLonger(source);
        if (more) {
            // Or else closing would read on for a while, to save the connection.
            call.cancel();
        }
        Buffer read = source.getBuffer();
        byte[] raw = read.readByteArray(Math.min(MOST_READ_BYTES, read.size()));
        byte[] text = decoded(raw, head.header("Content-Encoding", ""));
        String shown = new String(text, StandardCharsets.UTF_8);
        String kept = start(shown);
        boolean truncated = more || kept.length() < shown.length();
        byte[] whole = more ? new byte[0] : text;
        return new Reply.Answered(head.code(), headers(head), kept, truncated, whole);
    }

    /** Whether the status forbids a body, so that none is waited for whatever the headers say. */
    static boolean isBodiless(Response head) {
        return switch (head.code()) {
            case 204, 205, 304 -> true;
            default -> false;
        };
    }

    private static boolean hasBody(Response head) {
        String length = head.header("Content-Length", "0");
        return head.header("Transfer-Encoding") != null || !"0".equals(length);
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
        Map<String, StringJoiner> joined = new HashMap<>();
        Headers all = response.headers();
        for (int i = 0; i < all.size(); i++) {
            String name = all.name(i).toLowerCase(Locale.ROOT);
            if (joined.size() < MOST_NAMES || joined.containsKey(name) || name.equals(ASKS)) {
                joined.computeIfAbsent(name, first -> new StringJoiner(", ")).add(all.value(i));
            }
        }
        Map<String, String> headers = new HashMap<>();
        joined.forEach((name, values) -> headers.put(name, values.toString()));
        return headers;
    }

    /**
     * As much as is kept, as it will be written: what is no text is written longer than it came.
     */
    private static String start(String text) {
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MOST_KEPT_BYTES) {
                return text.substring(0, at);
            }
            at += Character.charCount(point);
        }
        return text;
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
