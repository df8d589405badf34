package dev.ringback.console.web.visit;

import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Tone;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sessions live in the browser alone, sealed with a key derived from the master key: every console
 * of an installation opens them, and none keeps anything. Thread-safe.
 */
final class Sessions {
    /** How long somebody stays logged in. */
    static final Duration LASTING = Duration.ofHours(12);

    private static final Duration TO_LOG_IN = Duration.ofHours(1);
    private static final Duration FLASH = Duration.ofMinutes(1);
    private static final String SESSION = "ringback_session";
    private static final String LOGIN = "ringback_login";
    private static final String NEWS = "ringback_news";
    private static final int TOKEN_BYTES = 24;

    private final SecretBox box;
    private final SecureRandom random;
    private final InstantSource clock;

    /** Sessions of this installation; without a master key they end with this process. */
    Sessions(Settings settings, SecureRandom random, InstantSource clock) {
        String master = settings.get(Setting.MASTER_KEY);
        String keys = master.isEmpty() ? SecretBox.newKey("own", random) : master;
        this.box = new SecretBox(keys, random).derived("console sessions");
        this.random = random;
        this.clock = clock;
    }

    /** The session that the browser brought, if it still stands. */
    Optional<Session> of(Context ctx) {
        return read(ctx, SESSION);
    }

    /** What the browser was given to log in with. */
    Optional<Session> toLogIn(Context ctx) {
        return read(ctx, LOGIN);
    }

    private Optional<Session> read(Context ctx, String cookie) {
        return Cookies.read(ctx, cookie)
                .flatMap(value -> open(value, cookie))
                .map(Sessions::session)
                .filter(session -> session.until().isAfter(clock.instant()));
    }

    /**
     * Lets a browser log in. It may be logged in already: one that follows a link from elsewhere
     * does not say so, and must keep its session.
     */
    Session invite(Context ctx) {
        return write(ctx, LOGIN, "", TO_LOG_IN);
    }

    /** Begins a session. */
    void begin(Context ctx, String key) {
        write(ctx, SESSION, key, LASTING);
        Cookies.forget(ctx, LOGIN);
    }

    private Session write(Context ctx, String cookie, String key, Duration lasting) {
        byte[] token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        String csrf = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        Session session = new Session(key, csrf, clock.instant().plus(lasting));
        Cookies.write(ctx, cookie, seal(Json.tree(session), cookie), lasting);
        return session;
    }

    /** Ends the session. */
    void end(Context ctx) {
        Cookies.forget(ctx, SESSION);
    }

    /** Leaves something for the next page to say. */
    void leave(Context ctx, Flash flash) {
        ObjectNode news =
                Json.object()
                        .put("tone", flash.tone().name())
                        .put("text", flash.text())
                        .put("secret", flash.secret());
        Cookies.write(ctx, NEWS, seal(news, NEWS), FLASH);
    }

    /** Takes what was left; it is said once. */
    Optional<Flash> take(Context ctx) {
        Optional<String> left = Cookies.read(ctx, NEWS);
        if (left.isPresent()) {
            Cookies.forget(ctx, NEWS);
        }
        return left.flatMap(value -> open(value, NEWS)).map(Sessions::flash);
    }

    /** Whether a form brings the token of its session. */
    static boolean isOf(Session session, String token) {
        return MessageDigest.isEqual(
                session.csrf().getBytes(StandardCharsets.UTF_8),
                token.getBytes(StandardCharsets.UTF_8));
    }

    private String seal(ObjectNode content, String purpose) {
        return box.seal(Json.text(content), purpose);
    }

    private Optional<Doc> open(String sealed, String purpose) {
        try {
            String text = box.open(sealed, purpose);
            return Optional.of(new Doc(Json.parse(text.getBytes(StandardCharsets.UTF_8))));
        } catch (IllegalStateException | IllegalArgumentException | JacksonException e) {
            // Another installation's, or made up: as if it were not there.
            return Optional.empty();
        }
    }

    private static Session session(Doc content) {
        return Json.read(content.node(), Session.class);
    }

    private static Flash flash(Doc content) {
        String secret = content.text("secret");
        return new Flash(
                Tone.valueOf(content.text("tone")),
                content.text("text"),
                secret.isEmpty() ? null : secret);
    }
}
