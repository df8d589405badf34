package dev.ringback.console.web.registry;

import dev.ringback.console.web.view.Doc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands in the fields of a form, and what is wrong with it.
 *
 * @param faults by the name of the field
 * @param others what is wrong with none of them
 */
public record Entries(
        Map<String, String> values,
        Set<String> events,
        Map<String, String> faults,
        List<String> others) {
    private static final Set<String> NESTED = Set.of("scope", "policy");

    /** Copies the collections. */
    public Entries {
        values = Map.copyOf(values);
        events = Set.copyOf(events);
        faults = Map.copyOf(faults);
        others = List.copyOf(others);
    }

    /** Entries with nothing wrong yet. */
    public static Entries of(Map<String, String> values, Set<String> events) {
        return new Entries(values, events, Map.of(), List.of());
    }

    /** What stands in a field. */
    public String value(String field) {
        return values.getOrDefault(field, "");
    }

    /** What is wrong with a field; empty when nothing is. */
    public String fault(String field) {
        return faults.getOrDefault(field, "");
    }

    /** Whether anything is wrong. */
    public boolean isFaulty() {
        return !faults.isEmpty() || !others.isEmpty();
    }

    /** The same with one fault. */
    public Entries with(String field, String fault) {
        return new Entries(values, events, Map.of(field, fault), List.of());
    }

    /** The same with what ingest found wrong, each at its field. */
    public Entries with(Ingest.Refused refused) {
        Map<String, String> found = new HashMap<>();
        List<String> rest = new ArrayList<>();
        for (Doc error : refused.errors()) {
            String pointer = error.text("pointer");
            String field = field(pointer);
            String reason = reason(pointer, error.text("reason"));
            if (field.isEmpty()) {
                rest.add(reason);
            } else {
                found.merge(field, reason, (one, other) -> one + "; " + other);
            }
        }
        if (refused.errors().isEmpty()) {
            rest.add(refused.detail());
        }
        return new Entries(values, events, found, rest);
    }

    /** The same, with a word on why it was not even tried. */
    public Entries with(Ingest.Away away) {
        return new Entries(values, events, Map.of(), List.of(away.detail()));
    }

    private static String field(String pointer) {
        String[] parts = pointer.split("/");
        if (parts.length < 2) {
            return "";
        }
        return parts.length > 2 && NESTED.contains(parts[1]) ? parts[1] + "_" + parts[2] : parts[1];
    }

    /** A header's or an event's own name comes first; a field's stands beside it anyway. */
    private static String reason(String pointer, String reason) {
        String[] parts = pointer.split("/");
        boolean named = parts.length > 2 && !NESTED.contains(parts[1]);
        return named ? parts[2].replace("~1", "/").replace("~0", "~") + " " + reason : reason;
    }
}
