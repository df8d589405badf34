package dev.ringback.console.web.view;

import org.jspecify.annotations.Nullable;

/**
 * What the next page says about what was just done.
 *
 * @param secret shown this once and never again; null: there is none
 */
public record Flash(Tone tone, String text, @Nullable String secret) {
    /** It was done. */
    public static Flash done(String text) {
        return new Flash(Tone.GOOD, text, null);
    }

    /** It was done, and made a secret. */
    public static Flash done(String text, String secret) {
        return new Flash(Tone.GOOD, text, secret.isEmpty() ? null : secret);
    }

    /** It was not done. */
    public static Flash refused(String text) {
        return new Flash(Tone.BAD, text, null);
    }

    /** Without the secret: this may end up in a log. */
    @Override
    public String toString() {
        return "Flash[" + tone + ", " + text + "]";
    }
}
