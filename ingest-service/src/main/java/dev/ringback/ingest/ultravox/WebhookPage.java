package dev.ringback.ingest.ultravox;

import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, and the cursors of the pages before and after it.
 *
 * @param next null on the last page
 * @param previous null on the first
 */
record WebhookPage(List<Endpoint> items, @Nullable String next, @Nullable String previous) {
    private static final char AFTER = '+';
    private static final char BEFORE = '-';

    /**
     * Cuts a page out of a list.
     *
     * @param all in order of their ids
     * @throws Problem 400 when the cursor is none of ours
     */
    static WebhookPage of(List<Endpoint> all, @Nullable String cursor, int size) {
        int from = 0;
        int to = Math.min(all.size(), size);
        if (cursor != null) {
            String mark = decoded(cursor);
            String id = mark.substring(1);
            long smaller = all.stream().filter(e -> e.id().compareTo(id) < 0).count();
            long notLarger = all.stream().filter(e -> e.id().compareTo(id) <= 0).count();
            if (mark.charAt(0) == AFTER) {
                from = (int) notLarger;
                to = Math.min(all.size(), from + size);
            } else {
                to = (int) smaller;
                from = Math.max(0, to - size);
            }
        }
        List<Endpoint> items = all.subList(from, to);
        if (items.isEmpty()) {
            return new WebhookPage(items, null, null);
        }
        return new WebhookPage(
                items,
                to < all.size() ? encoded(AFTER, items.getLast()) : null,
                from > 0 ? encoded(BEFORE, items.getFirst()) : null);
    }

    private static String encoded(char direction, Endpoint endpoint) {
        byte[] mark = (direction + endpoint.id()).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mark);
    }

    private static String decoded(String cursor) {
        try {
            String mark = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (mark.length() > 1 && (mark.charAt(0) == AFTER || mark.charAt(0) == BEFORE)) {
                return mark;
            }
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
        throw unknown();
    }

    private static Problem unknown() {
        return Problem.of(400, "cursor is not one that a list has given");
    }
}
