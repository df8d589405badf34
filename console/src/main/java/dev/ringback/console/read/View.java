package dev.ringback.console.read;

import dev.ringback.runtime.ApiKeys;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which accounts somebody sees. What belongs to others is not there for them.
 *
 * @param name who looks, as a replay's record names them
 * @param accounts null: all
 */
public record View(String name, @Nullable Set<String> accounts) {
    /** Copies the accounts. */
    public View {
        accounts = accounts == null ? null : Set.copyOf(accounts);
    }

    /** What the holder of a key sees. */
    public static View of(ApiKeys.Caller caller) {
        return new View(
                caller.name(), caller.accounts().contains(ApiKeys.ALL) ? null : caller.accounts());
    }

    /** Whether it takes in every account. */
    public boolean isWhole() {
        return accounts == null;
    }

    /** The accounts in order; empty where all are seen. */
    public Optional<Set<String>> some() {
        return Optional.ofNullable(accounts).map(TreeSet::new);
    }

    /** Whether it takes in this account. */
    public boolean sees(String account) {
        return accounts == null || accounts.contains(account);
    }

    /** Whether it takes in what this document's {@code account_id} names. */
    public boolean sees(JsonNode document) {
        return document.path("account_id").stringValueOpt().filter(this::sees).isPresent();
    }
}
