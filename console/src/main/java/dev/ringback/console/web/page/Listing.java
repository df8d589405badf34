package dev.ringback.console.web.page;

import dev.ringback.console.read.Page;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.visit.Visit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A part of a list, with the way to the next one.
 *
 * @param partial whether items may be missing just now
 * @param next the address of the next part; empty when there is none
 * @param first the address of the first part; empty when this is it
 * @param filter what the query asks for, by name
 */
public record Listing(
        List<Doc> items, boolean partial, String next, String first, Map<String, String> filter) {
    private static final String CURSOR = "cursor";

    /** Copies the collections. */
    public Listing {
        items = List.copyOf(items);
        filter = Map.copyOf(filter);
    }

    /**
     * A part that the read side or ingest gave.
     *
     * @param filters the parameters of the query that the way to the next part keeps
     */
    public static Listing of(Page page, Visit visit, String path, List<String> filters) {
        Map<String, String> filter = new TreeMap<>();
        for (String name : filters) {
            String value = visit.query(name);
            if (!value.isEmpty()) {
                filter.put(name, value);
            }
        }
        String next = page.nextCursor() == null ? "" : address(path, filter, page.nextCursor());
        String first = visit.query(CURSOR).isEmpty() ? "" : address(path, filter, "");
        List<Doc> items = page.items().valueStream().map(Doc::new).toList();
        return new Listing(items, page.partial(), next, first, filter);
    }

    /** What the query asks for in a field; empty when it does not. */
    public String asked(String name) {
        return filter.getOrDefault(name, "");
    }

    /** Whether the query leaves anything out. */
    public boolean isFiltered() {
        return !filter.isEmpty();
    }

    private static String address(String path, Map<String, String> filter, String cursor) {
        Map<String, String> all = new TreeMap<>(filter);
        if (!cursor.isEmpty()) {
            all.put(CURSOR, cursor);
        }
        return all.isEmpty()
                ? path
                : all.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + Ingest.part(entry.getValue()))
                        .collect(Collectors.joining("&", path + "?", ""));
    }
}
