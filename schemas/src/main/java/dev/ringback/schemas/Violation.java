package dev.ringback.schemas;

/**
 * One thing that is wrong with a document somebody sent.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param reason what is wrong, for people
 */
public record Violation(String pointer, String reason) {
    private static final int MOST_CHARACTERS = 300;

    /** Cuts both: a document may hold names and values of any length. */
    public Violation {
        pointer = cut(pointer);
        reason = cut(reason);
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
    }
}
