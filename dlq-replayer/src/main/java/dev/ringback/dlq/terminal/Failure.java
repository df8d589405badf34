package dev.ringback.dlq.terminal;

import org.jspecify.annotations.Nullable;

/** Why a command cannot go on; its message is the one line to show. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Fails with these words. */
    public Failure(String message) {
        super(message, null, false, false);
    }

    /** What an exception has to say, in one line, down to its cause. */
    public static String words(Throwable problem) {
        StringBuilder words = new StringBuilder(oneLine(problem.getMessage()));
        Throwable cause = problem.getCause();
        if (cause != null && cause.getMessage() != null) {
            words.append(": ").append(oneLine(cause.getMessage()));
        }
        return words.toString();
    }

    /** The text without its line breaks. */
    public static String oneLine(@Nullable String text) {
        return text == null ? "no message" : text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
