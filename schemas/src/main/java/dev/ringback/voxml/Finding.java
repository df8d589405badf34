package dev.ringback.voxml;

import dev.ringback.schemas.Violation;

/**
 * One thing about a VoxML document that its author should know.
 *
 * @param pointer where, as a JSON Pointer; empty for the whole document
 * @param reason what is wrong, for people
 * @param line where it stands in the text, from 1
 * @param column in characters, from 1
 */
public record Finding(String pointer, String reason, int line, int column) {
    /** Cuts what a document may make of any length. */
    public Finding {
        Violation cut = new Violation(pointer, reason);
        pointer = cut.pointer();
        reason = cut.reason();
    }

    /** In one line, for a log or a terminal. */
    public String text() {
        return (pointer + " " + reason).strip();
    }
}
