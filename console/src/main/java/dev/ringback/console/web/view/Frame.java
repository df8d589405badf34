package dev.ringback.console.web.view;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds every page.
 *
 * @param section what the navigation marks; null: nothing
 * @param name of the key that somebody logged in with; empty: nobody did
 * @param accounts what the key sees, for people
 * @param csrf the token that every form sends back
 * @param now the time that "ago" counts from
 */
public record Frame(
        String title,
        @Nullable Section section,
        String name,
        String accounts,
        Set<String> scopes,
        String csrf,
        @Nullable Flash flash,
        Instant now,
        Assets assets) {
    /** Copies the scopes. */
    public Frame {
        scopes = Set.copyOf(scopes);
    }

    /** Whether the key has this scope. */
    public boolean may(String scope) {
        return scopes.contains("*") || scopes.contains(scope);
    }

    /** Whether this part is the one that is shown. */
    public boolean isAt(Section other) {
        return section == other;
    }
}
