package dev.ringback.voxml;

import dev.ringback.schemas.Json;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * The text of a document: refuses what is not plain JSON in UTF-8 before anything is built of it,
 * and finds where a pointer leads to.
 */
final class Text {
    private static final int MAX_DEPTH = 32;
    private static final char MARK = '\uFEFF';

    /** What every number type can hold without being written out at length. */
    private static final Pattern NUMBER =
            Pattern.compile("-?\\d{1,15}(\\.\\d{1,15})?([eE][+-]?\\d)?");

    private final String json;
    private final boolean marked;

    /** A document that is not JSON, with what is wrong and where. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final int column;

        Unreadable(String reason, int line, int column) {
            super(reason);
            this.line = line;
            this.column = column;
        }

        Report report() {
            return Report.unreadable(String.valueOf(getMessage()), line, column);
        }
    }

    /** Where something stands, both from 1. */
    record Place(int line, int column) {
        static final Place START = new Place(1, 1);
    }

    private Text(String json, boolean marked) {
        this.json = json;
        this.marked = marked;
    }

    /** Reads bytes that should be UTF-8; a byte order mark before it is passed over. */
    static Text of(byte[] bytes) throws Unreadable {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            boolean marked = !text.isEmpty() && text.charAt(0) == MARK;
            Text read = new Text(marked ? text.substring(1) : text, marked);
            read.check();
            return read;
        } catch (CharacterCodingException e) {
            throw new Unreadable("is not UTF-8: " + fault(bytes), 1, 1);
        }
    }

    private static String fault(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        return "the byte at "
                + (in.position() + 1)
                + (result.isError() ? " begins no character" : "");
    }

    /** Whether a byte order mark stood before it. */
    boolean isMarked() {
        return marked;
    }

    byte[] bytes() {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads all of it without building anything. */
    private void check() throws Unreadable {
        try (JsonParser parser = Json.shared().createParser(json)) {
            int depth = 0;
            int values = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                values += depth == 0 ? 1 : 0;
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                }
                refuse(depth > MAX_DEPTH, "nested deeper than " + MAX_DEPTH, parser);
                boolean odd = token.isNumeric() && !NUMBER.matcher(parser.getString()).matches();
                refuse(odd, "a number is longer or larger than any here can be", parser);
                boolean second = values > 1 && depth == (token.isStructStart() ? 1 : 0);
                refuse(second && !token.isStructEnd(), "more follows after the document", parser);
            }
            if (values == 0) {
                throw new Unreadable("is empty", 1, 1);
            }
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            Place place = at == null ? Place.START : place(at);
            String what = Json.fault(e).replaceFirst(" at line \\d+, column \\d+$", "");
            throw new Unreadable("is not JSON: " + what, place.line(), place.column());
        }
    }

    private static void refuse(boolean holds, String reason, JsonParser parser) throws Unreadable {
        if (holds) {
            Place place = place(parser.currentTokenLocation());
            throw new Unreadable(reason, place.line(), place.column());
        }
    }

    /** Where each of these pointers leads to, or the nearest that is there. */
    Map<String, Place> places(Set<String> pointers) {
        Map<String, Place> all = new HashMap<>();
        try (JsonParser parser = Json.shared().createParser(json)) {
            Set<String> missing = new HashSet<>(pointers);
            for (JsonToken token = parser.nextToken();
                    token != null && !missing.isEmpty();
                    token = parser.nextToken()) {
                if (!token.isStructEnd() && token != JsonToken.PROPERTY_NAME) {
                    TokenStreamContext at = parser.streamReadContext();
                    TokenStreamContext of = token.isStructStart() ? at.getParent() : at;
                    String pointer = of.pathAsPointer().toString();
                    all.putIfAbsent(pointer, place(parser.currentTokenLocation()));
                    missing.remove(pointer);
                }
            }
        }
        Map<String, Place> found = new HashMap<>();
        pointers.forEach(pointer -> found.put(pointer, nearest(pointer, all)));
        return found;
    }

    private static Place nearest(String pointer, Map<String, Place> all) {
        String at = pointer;
        while (!all.containsKey(at) && !at.isEmpty()) {
            at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        }
        return all.getOrDefault(at, Place.START);
    }

    private static Place place(TokenStreamLocation at) {
        return new Place(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    }
}
