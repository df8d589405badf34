package dev.ringback.schemas;

/**
 * One thing that is wrong with a document somebody sent.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param reason what is wrong, for people
 */
public record Violation(String pointer, String reason) {}
