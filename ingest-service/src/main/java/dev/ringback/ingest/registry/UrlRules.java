package dev.ringback.ingest.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** What the URL of an endpoint must look like; where it may lead is for the egress guard to say. */
final class UrlRules {
    private static final int MAX_LENGTH = 2_048;
    private static final int MAX_PORT = 65_535;

    private UrlRules() {}

    /**
     * The URL itself.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    static String check(String url, boolean allowHttp) {
        require(url.length() <= MAX_LENGTH, "is longer than " + MAX_LENGTH + " characters");
        URI uri = uri(url);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (allowHttp) {
            require(scheme.equals("https") || scheme.equals("http"), "is not http or https");
        } else {
            require(scheme.equals("https"), "is not https");
        }
        require(uri.getRawUserInfo() == null, "has a user name or password; use a header");
        require(uri.getRawFragment() == null, "has a fragment");
        require(uri.getHost() != null && !uri.getHost().isEmpty(), "has no host");
        require(uri.getPort() != 0 && uri.getPort() <= MAX_PORT, "has a port that does not exist");
        return url;
    }

    private static URI uri(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URL: " + e.getReason(), e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
