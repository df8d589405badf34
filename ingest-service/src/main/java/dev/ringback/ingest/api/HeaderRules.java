package dev.ringback.ingest.api;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What an endpoint's own headers must look like, and which names are not its to set. */
final class HeaderRules {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]{0,4096}");
    private static final Set<String> RESERVED =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "content-type",
                    "user-agent");

    private HeaderRules() {}

    /** Reads headers and finds fault with those that cannot be. */
    static Map<String, String> read(Fields fields) {
        Map<String, String> headers = fields.texts();
        Set<String> seen = new HashSet<>();
        headers.forEach(
                (name, value) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (!TOKEN.matcher(name).matches()) {
                        fields.fault(name, "is not a header name (RFC 9110)");
                    } else if (isReserved(lower)) {
                        fields.fault(name, "is set by Ringback alone");
                    } else if (!seen.add(lower)) {
                        fields.fault(name, "comes twice");
                    } else if (!VALUE.matcher(value).matches()) {
                        fields.fault(name, "has a value that is not printable ASCII");
                    }
                });
        return headers;
    }

    private static boolean isReserved(String lower) {
        return RESERVED.contains(lower)
                || lower.startsWith("webhook-")
                || lower.startsWith("ringback-");
    }
}
