package dev.ringback.console.web.view;

import java.util.Locale;

/** How something stands, as a colour says it; a word always says it too. */
public enum Tone {
    GOOD,
    WARN,
    BAD,
    INFO,
    QUIET;

    /** The name in the style sheet. */
    public String style() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The tone of a state, an outcome or a status of ours; quiet when it is none. */
    public static Tone of(String state) {
        return switch (state) {
            case "delivered", "normal", "done" -> GOOD;
            case "dead", "failed", "disabled" -> BAD;
            case "retry", "unhealthy", "interrupted" -> WARN;
            case "pending", "deferred", "running" -> INFO;
            default -> QUIET;
        };
    }

    /** The tone of an HTTP status; 0 stands for no answer. */
    public static Tone ofStatus(long status) {
        return status >= 200 && status < 300 ? GOOD : BAD;
    }
}
