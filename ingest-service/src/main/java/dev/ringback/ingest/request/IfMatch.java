package dev.ringback.ingest.request;

import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code If-Match} header of a request (RFC 9110): tags compare strongly, so a weak one matches
 * nothing.
 *
 * @param isGiven whether there is one at all
 * @param any whether every version will do, as long as there is one
 * @param versions those that will do
 */
public record IfMatch(boolean isGiven, boolean any, Set<Long> versions) {
    private static final int MOST_DIGITS = 18;

    /** Copies the set. */
    public IfMatch {
        versions = Set.copyOf(versions);
    }

    /** The precondition of a request. */
    public static IfMatch of(Context ctx) {
        List<String> headers = Collections.list(ctx.req().getHeaders("If-Match"));
        return headers.isEmpty()
                ? new IfMatch(false, true, Set.of())
                : parse(String.join(",", headers));
    }

    static IfMatch parse(String header) {
        Set<Long> versions = new HashSet<>();
        boolean any = false;
        for (String part : header.split(",", -1)) {
            String tag = part.strip();
            any |= tag.equals("*");
            if (tag.matches("\"\\d{1," + MOST_DIGITS + "}\"")) {
                versions.add(Long.parseLong(tag.substring(1, tag.length() - 1)));
            }
        }
        return new IfMatch(true, any, versions);
    }

    /**
     * Holds a record against it.
     *
     * @throws Problem 412 when it does not match
     */
    public Endpoint check(Endpoint known) {
        if (!any && !versions.contains(known.version())) {
            throw Problem.of(412, "the ETag is \"" + known.version() + "\" by now");
        }
        return known;
    }

    /**
     * Holds what may not be there against it.
     *
     * @throws Problem 412 when it does not match
     */
    public Optional<Endpoint> check(Optional<Endpoint> known) {
        if (known.isEmpty() && isGiven) {
            throw Problem.of(412, "there is nothing yet that could match");
        }
        return known.map(this::check);
    }

    /** Puts a record's tag into an answer. */
    public static void tag(Context ctx, Endpoint endpoint) {
        ctx.header("ETag", "\"" + endpoint.version() + "\"");
    }
}
