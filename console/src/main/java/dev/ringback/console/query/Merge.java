package dev.ringback.console.query;

import dev.ringback.console.topology.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One list out of many, in the order of places. Where a walk has ended early, nothing beyond that
 * is shown yet, because what it did not see may belong before it.
 *
 * @param rows in order, at most as many as were asked for
 * @param next where the next part begins; null at the end
 */
public record Merge(List<byte[]> rows, @Nullable String next) {
    private static final int SHORTEST = Long.BYTES + 1;

    /** Copies the rows. */
    public Merge {
        rows = List.copyOf(rows);
    }

    private record Hit(byte[] place, byte[] value) {}

    /** Merges the answers to a question whose spans begin with lists. */
    public static Merge of(Gather.Answer answer, Question question) {
        List<Hit> hits = new ArrayList<>();
        byte[] bound = null;
        for (Stretch stretch : answer.stretches()) {
            int prefix = question.spans().get(stretch.span()).prefix();
            stretch.rows()
                    .forEach(row -> hits.add(new Hit(Keys.token(row.key(), prefix), row.value())));
            if (stretch.reached() != null) {
                byte[] reached = Keys.token(stretch.reached(), prefix);
                bound = bound == null || compare(reached, bound) < 0 ? reached : bound;
            }
        }
        hits.sort((a, b) -> compare(a.place, b.place));
        List<byte[]> rows = new ArrayList<>();
        byte[] last = null;
        for (Hit hit : hits) {
            if (bound != null && compare(hit.place, bound) > 0) {
                return new Merge(rows, cursor(bound));
            }
            if (rows.size() == question.limit()) {
                return new Merge(rows, last == null ? null : cursor(last));
            }
            if (last == null || !Arrays.equals(last, hit.place)) {
                rows.add(hit.value);
                last = hit.place;
            }
        }
        return new Merge(rows, bound == null ? null : cursor(bound));
    }

    /** The place that a cursor names; null when it is none. */
    public static byte @Nullable [] place(String cursor) {
        try {
            byte[] place = Base64.getUrlDecoder().decode(cursor);
            return place.length < SHORTEST ? null : place;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String cursor(byte[] place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place);
    }

    private static int compare(byte[] one, byte[] other) {
        return Arrays.compareUnsigned(one, other);
    }
}
