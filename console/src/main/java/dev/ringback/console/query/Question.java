package dev.ringback.console.query;

import dev.ringback.schemas.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is asked of a store: the rows of some spans of keys, of every partition or of one.
 *
 * @param partition null: all
 * @param limit at most so many rows of each span and partition
 * @param fetch what a row's value is
 * @param sieve which documents are wanted; only where documents are fetched
 * @param descending the last key first
 */
public record Question(
        String store,
        @Nullable Integer partition,
        List<Span> spans,
        int limit,
        Fetch fetch,
        Sieve sieve,
        boolean descending) {
    /** Copies the spans. */
    public Question {
        spans = List.copyOf(spans);
    }

    /**
     * Neighbouring keys.
     *
     * @param from the first
     * @param to the first that is not meant
     * @param prefix how many bytes all of them begin with
     */
    public record Span(byte[] from, byte[] to, int prefix) {}

    /** What a row's value is. */
    public enum Fetch {
        /** What the store has under the key. */
        value,
        /** The document of the id at the end of the key. */
        document,
        /** The same with all attempts, as one array. */
        attempts
    }

    /**
     * Which documents pass.
     *
     * @param equal values of fields
     * @param accounts whose; null: everybody's
     */
    public record Sieve(Map<String, String> equal, @Nullable Set<String> accounts) {
        /** Everything passes. */
        public static final Sieve OPEN = new Sieve(Map.of(), null);

        /** Copies what it holds. */
        public Sieve {
            equal = Map.copyOf(equal);
            accounts = accounts == null ? null : Set.copyOf(accounts);
        }

        boolean isOpen() {
            return equal.isEmpty() && accounts == null;
        }

        boolean passes(JsonNode document) {
            return (accounts == null
                            || accounts.contains(document.path("account_id").stringValue("")))
                    && equal.entrySet().stream()
                            .allMatch(
                                    one ->
                                            document.path(one.getKey())
                                                    .asString("")
                                                    .equals(one.getValue()));
        }
    }

    /** The values of some spans, whole. */
    public static Question values(String store, List<Span> spans, int limit) {
        return new Question(store, null, spans, limit, Fetch.value, Sieve.OPEN, false);
    }

    /** The same of one partition. */
    public Question in(int one) {
        return new Question(store, one, spans, limit, fetch, sieve, descending);
    }

    byte[] bytes() {
        return Json.bytes(this);
    }

    static Question read(byte[] bytes) {
        return Json.read(bytes, Question.class);
    }
}
