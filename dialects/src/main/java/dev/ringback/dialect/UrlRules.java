package dev.ringback.dialect;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** What the URL of an endpoint must look like; where it may lead is for the egress guard to say. */
public final class UrlRules {
    private static final int MAX_PORT = 65_535;

    private UrlRules() {}

    /**
     * The URL itself.
     *
     * @param most the longest it may be, in characters
     * @param allowHttp whether it may be http
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static String check(String url, int most, boolean allowHttp) {
        require(url.length() <= most, "is longer than " + most + " characters");
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
