package dev.ringback.ingest.api;

import dev.ringback.ingest.request.Fields;
import dev.ringback.schemas.SignatureScheme;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What an endpoint's own headers must look like, and which names are not its to set. */
final class HeaderRules {
    /** How many headers an endpoint may have. */
    static final int MOST = 10;

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{0,4096}");
    private static final Set<String> RESERVED =
            Set.of(
                    "accept-encoding",
                    "connection",
                    "content-encoding",
                    "content-length",
                    "content-type",
                    "expect",
                    "host",
                    "keep-alive",
                    "proxy-authorization",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade",
                    "user-agent");

    private HeaderRules() {}

    /**
     * Reads headers and finds fault with those that cannot be.
     *
     * @param schemes how the endpoint signs and how its dialect does; the names of their headers
     *     are taken
     * @param known names whose value is kept where it is blank
     */
    static Map<String, String> read(
            Fields fields, List<SignatureScheme> schemes, Collection<String> known) {
        Map<String, String> headers = fields.texts();
        Set<String> kept = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        kept.addAll(known);
        Set<String> signing = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        schemes.forEach(scheme -> signing.addAll(scheme.headers().keySet()));
        Set<String> seen = new HashSet<>();
        headers.forEach(
                (name, value) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (!TOKEN.matcher(name).matches()) {
                        fields.fault(name, "is not a header name (RFC 9110)");
                    } else if (isReserved(lower)) {
                        fields.fault(name, "is set by Ringback alone");
                    } else if (signing.contains(name)) {
                        fields.fault(name, "is set by Ringback alone, for the signature");
                    } else if (!seen.add(lower)) {
                        fields.fault(name, "comes twice");
                    } else if (!VALUE.matcher(value).matches()) {
                        fields.fault(name, "has a value that is not printable ASCII");
                    } else if (value.isBlank() && !kept.contains(name)) {
                        fields.fault(name, "is blank, and there is no value of it to keep");
                    }
                });
        return headers;
    }

    private static boolean isReserved(String lower) {
        return RESERVED.contains(lower) || lower.startsWith("ringback-");
    }
}
