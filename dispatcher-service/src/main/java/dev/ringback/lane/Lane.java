package dev.ringback.lane;

import java.util.regex.Pattern;

/**
 * Topics whose records share a budget, so that no other topics' records can take it from them.
 *
 * @param name for metrics and messages
 * @param slots requests under way at once
 */
public record Lane(String name, Pattern topics, int slots) {}
