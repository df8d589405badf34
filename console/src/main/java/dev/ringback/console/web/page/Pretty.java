package dev.ringback.console.web.page;

import dev.ringback.console.web.view.Doc;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Bodies and requests as people read and use them. */
final class Pretty {
    /** Beyond this, laying out makes nothing clearer. */
    private static final int MOST = 256 << 10;

    private Pretty() {}

    /** JSON laid out; anything else as it is. */
    static String json(String body) {
        try {
            JsonNode tree = Json.parse(body.getBytes(StandardCharsets.UTF_8));
            return body.length() > MOST || !tree.isContainer() ? body : new Doc(tree).pretty();
        } catch (JacksonException e) {
            return body;
        }
    }

    /**
     * The request of an attempt as a command for a shell. What is masked stays masked, so a
     * receiver that checks signatures will refuse it.
     *
     * @param body the exact text
     */
    static String curl(Doc attempt, String contentType, String body) {
        boolean isQuery = contentType.toLowerCase(Locale.ROOT).contains("form-urlencoded");
        String headers =
                headers(attempt).entrySet().stream()
                        .map(
                                header ->
                                        " \\\n  -H "
                                                + quoted(
                                                        header.getKey() + ": " + header.getValue()))
                        .collect(Collectors.joining());
        String url = attempt.text("url");
        return isQuery
                ? "curl -i " + quoted(url) + headers
                : "curl -i -X POST " + quoted(url) + headers + " \\\n  --data-raw " + quoted(body);
    }

    private static Map<String, String> headers(Doc attempt) {
        Doc headers = attempt.at("request_headers");
        Map<String, String> sorted = new TreeMap<>();
        headers.names("").forEach(name -> sorted.put(name, headers.member(name).text()));
        return sorted;
    }

    /** One word of a shell, whatever is in it. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
