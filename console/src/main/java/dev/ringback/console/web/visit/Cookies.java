package dev.ringback.console.web.visit;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;

/**
 * Cookies that no script reads and no other site sends. Behind TLS their names begin with {@code
 * __Host-}, so that no other host can set them either.
 */
final class Cookies {
    private static final String HOST_ONLY = "__Host-";

    private Cookies() {}

    /** What the browser sent. */
    static Optional<String> read(Context ctx, String name) {
        return Optional.ofNullable(ctx.cookie(named(ctx, name))).filter(value -> !value.isEmpty());
    }

    /** Has the browser keep a value. */
    static void write(Context ctx, String name, String value, Duration kept) {
        String secure = isSecure(ctx) ? "; Secure" : "";
        String cookie =
                "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s"
                        .formatted(named(ctx, name), value, kept.toSeconds(), secure);
        ctx.res().addHeader("Set-Cookie", cookie);
    }

    /** Has the browser forget it. */
    static void forget(Context ctx, String name) {
        write(ctx, name, "", Duration.ZERO);
    }

    /** What comes before us may have ended TLS. */
    private static boolean isSecure(Context ctx) {
        return ctx.scheme().equals("https") || "https".equals(ctx.header("X-Forwarded-Proto"));
    }

    private static String named(Context ctx, String name) {
        return isSecure(ctx) ? HOST_ONLY + name : name;
    }
}
