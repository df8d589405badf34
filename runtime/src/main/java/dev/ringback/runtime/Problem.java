package dev.ringback.runtime;

import dev.ringback.schemas.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An answer that refuses a request, as RFC 9457 problem details. Thrown by a route, answered by
 * {@link HttpServer}; never a stack trace.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String detail;
    private final transient List<Violation> errors;
    private final transient Map<String, Object> more;
    private final transient Map<String, String> headers;

    private Problem(
            int status,
            String detail,
            List<Violation> errors,
            Map<String, Object> more,
            Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.more = Map.copyOf(more);
        this.headers = Map.copyOf(headers);
    }

    /** A refusal with one sentence. */
    public static Problem of(int status, String detail) {
        return new Problem(status, detail, List.of(), Map.of(), Map.of());
    }

    /** 422: the document is at fault, and where. */
    public static Problem invalid(List<Violation> errors) {
        String detail = errors.size() == 1 ? errors.getFirst().reason() : errors.size() + " errors";
        return new Problem(422, detail, errors, Map.of(), Map.of());
    }

    /** The same refusal with what is wrong and where. */
    public Problem errors(List<Violation> violations) {
        return new Problem(status, detail, violations, more, headers);
    }

    /** The same refusal with one more header. */
    public Problem header(String name, String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(name, value);
        return new Problem(status, detail, errors, more, all);
    }

    /** The same refusal with one more member in its body. */
    public Problem member(String name, Object value) {
        Map<String, Object> all = new HashMap<>(more);
        all.put(name, value);
        return new Problem(status, detail, errors, all, headers);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What went wrong, in a sentence. */
    public String detail() {
        return detail;
    }

    /** What is wrong with the body, and where. */
    public List<Violation> errors() {
        return errors;
    }

    Map<String, Object> members() {
        return more;
    }

    /** Headers of the answer. */
    public Map<String, String> headers() {
        return headers;
    }
}
