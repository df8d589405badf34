package dev.ringback.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Only digests of the keys are kept, and every entry is compared in constant time.
 * Immutable.
 */
public final class ApiKeys {
    /** May do everything, or see every account. */
    public static final String ALL = "*";

    private static final Pattern ENTRY =
            Pattern.compile(
                    "([A-Za-z0-9_.-]+)=([^@]+)@([^:]+):(?:sha256:([0-9a-fA-F]{64})|(?!sha256:)(.+))");
    private static final Set<String> SCOPES =
            Set.of("events:write", "endpoints:write", "read", "replay", ALL);

    private final List<Entry> entries;

    private ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Somebody who showed a key that is known. */
    public record Caller(String name, Set<String> scopes, Set<String> accounts) {
        /** Copies the sets. */
        public Caller {
            scopes = Set.copyOf(scopes);
            accounts = Set.copyOf(accounts);
        }

        /** Whether the key has this scope. */
        public boolean may(String scope) {
            return scopes.contains(ALL) || scopes.contains(scope);
        }

        /** Whether the key may see this account. */
        public boolean sees(String account) {
            return accounts.contains(ALL) || accounts.contains(account);
        }
    }

    private record Entry(byte[] digest, Caller caller) {}

    /**
     * Reads {@code name=scopes@accounts:KEY} or {@code …:sha256:HEX}, separated by {@code ;}.
     *
     * @throws Settings.Invalid naming the entry that is malformed, never its key
     */
    public static ApiKeys parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            if (!part.isBlank()) {
                entries.add(entry(part.strip(), entries.size() + 1));
            }
        }
        if (!text.isBlank() && entries.isEmpty()) {
            throw new Settings.Invalid("RINGBACK_API_KEYS has no key");
        }
        return new ApiKeys(entries);
    }

    /**
     * Who sent this {@code Authorization} header.
     *
     * @throws Problem 401 when there is none or its key is not known
     */
    public Caller caller(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw unauthorized("send an API key as 'Authorization: Bearer KEY'");
        }
        byte[] digest = sha256(authorization.substring(7).strip());
        Caller found = null;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest(), digest)) {
                found = entry.caller();
            }
        }
        if (found == null) {
            throw unauthorized("this API key is not known");
        }
        return found;
    }

    private static Problem unauthorized(String detail) {
        return Problem.of(401, detail).header("WWW-Authenticate", "Bearer");
    }

    private static Entry entry(String text, int number) {
        Matcher matcher = ENTRY.matcher(text);
        String setting = "RINGBACK_API_KEYS: entry " + number;
        if (!matcher.matches()) {
            throw new Settings.Invalid(
                    setting + " is not name=scopes@accounts:KEY or …:sha256:HEX");
        }
        Set<String> scopes = Set.copyOf(List.of(matcher.group(2).split(",")));
        for (String scope : scopes) {
            if (!SCOPES.contains(scope)) {
                throw new Settings.Invalid(setting + " has the unknown scope '" + scope + "'");
            }
        }
        Caller caller =
                new Caller(
                        matcher.group(1), scopes, Set.copyOf(List.of(matcher.group(3).split(","))));
        String hex = matcher.group(4);
        return new Entry(
                hex == null ? sha256(matcher.group(5)) : HexFormat.of().parseHex(hex), caller);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
