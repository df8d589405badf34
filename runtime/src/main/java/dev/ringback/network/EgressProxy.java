package dev.ringback.network;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that all webhooks go through.
 *
 * @param authorization the value of its {@link #HEADER}; null when it wants none
 */
public record EgressProxy(String host, int port, @Nullable String authorization) {
    /** The header that a proxy, and nobody behind it, is meant to read. */
    public static final String HEADER = "Proxy-Authorization";

    private static final int MAX_PORT = 65_535;

    /**
     * Reads {@code http://[user:password@]host:port}.
     *
     * @throws IllegalArgumentException without the text, which may hold a password
     */
    public static EgressProxy parse(String text) {
        URI uri = uri(text);
        boolean isWhole =
                "http".equalsIgnoreCase(uri.getScheme())
                        && uri.getHost() != null
                        && uri.getPort() > 0
                        && uri.getPort() <= MAX_PORT
                        && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null;
        if (!isWhole) {
            throw notOne();
        }
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        return new EgressProxy(host, uri.getPort(), basic(uri.getRawUserInfo()));
    }

    /** As the JDK has it; its name is looked up when it is connected to. */
    public Proxy proxy() {
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
    }

    private static @Nullable String basic(@Nullable String userInfo) {
        if (userInfo == null) {
            return null;
        }
        // A plus is itself here, other than in a form.
        String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }

    private static URI uri(String text) {
        try {
            return new URI(text.strip());
        } catch (URISyntaxException e) {
            throw notOne();
        }
    }

    private static IllegalArgumentException notOne() {
        return new IllegalArgumentException("is not http://[user:password@]host:port");
    }

    /** Shows no password. */
    @Override
    public String toString() {
        return "http://" + (authorization == null ? "" : "***@") + host + ":" + port;
    }
}
