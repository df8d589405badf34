package dev.ringback.order;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The copies of deliveries that are not finished, those of each key by sequence. A copy is waiting
 * in Kafka, or in hand: read and not done, as often as it was read. Flat arrays: about 63 bytes a
 * copy and 30 a key, where objects would take three times that. Not thread-safe.
 */
final class Pending {
    private static final int NONE = -1;
    private static final int FEWEST = 16;

    private long[] owners = new long[FEWEST];
    private long[] names = new long[FEWEST];
    private long[] sequences = new long[FEWEST];
    private long[] dues = new long[FEWEST];
    private int[] lineOf = new int[FEWEST];
    private int[] before = new int[FEWEST];
    private int[] after = new int[FEWEST];
    private int[] inHand = new int[FEWEST];

    /** Which scan a copy was last known to wait by; 0 when it does not wait. */
    private int[] marks = new int[FEWEST];

    private int used;

    /** The first of the entries that are free again, chained by {@link #after}. */
    private int free = NONE;

    private int count;
    private final Index byName = new Index(entry -> names[entry]);
    private final Lines lines = new Lines();

    /** How many copies each endpoint has that has any. */
    private final Map<Long, Integer> ofOwner = new HashMap<>();

    /**
     * The first delivery of a key's line.
     *
     * @param inHand whether a copy of it has been read and is not done
     * @param dueMillis when the last of its waiting copies is due, if known
     */
    record Head(long sequence, boolean inHand, long dueMillis) {}

    /** Number of copies. */
    int size() {
        return count;
    }

    /** Whether an endpoint has any. */
    boolean has(long owner) {
        return ofOwner.containsKey(owner);
    }

    /** The first of a key; null when nothing of it is pending. */
    @Nullable Head head(long key) {
        int line = lines.find(key);
        if (line == NONE) {
            return null;
        }
        int first = lines.first(line);
        boolean held = false;
        long due = Copy.UNKNOWN;
        for (int at = first; isBeside(at, first); at = after[at]) {
            held |= inHand[at] > 0;
            due = marks[at] > 0 ? Math.max(due, dues[at]) : due;
        }
        return new Head(sequences[first], held, due);
    }

    /** A copy has been read. */
    void enter(Copy copy) {
        int entry = entry(copy);
        marks[entry] = 0;
        inHand[entry]++;
    }

    /**
     * A copy is being written, or was found.
     *
     * @param mark the scan that knows of it, from 1
     */
    void wait(Copy copy, int mark) {
        int entry = entry(copy);
        if (inHand[entry] == 0) {
            marks[entry] = mark;
        }
    }

    /**
     * A copy that was read is done. What it became may have been written a moment ago and waits
     * beside it: no scan up to this one can be blamed for not having seen that.
     *
     * @param scan the latest begun
     * @return whether nothing of the copy is left
     */
    boolean leave(Copy copy, int scan) {
        int entry = byName.find(copy.name());
        if (entry == NONE) {
            return true;
        }
        for (int at = firstBeside(entry); isBeside(at, entry); at = after[at]) {
            marks[at] = marks[at] > 0 ? Math.max(marks[at], scan) : 0;
        }
        if (inHand[entry] > 0) {
            inHand[entry]--;
        } else {
            marks[entry] = 0;
        }
        return removeIfOver(entry);
    }

    /**
     * Forgets what was said to wait and a scan did not see; not what may be on its way into Kafka
     * still, since another copy in the same place is in hand or was seen.
     */
    void forgetUnseenSince(int scan) {
        for (int entry = 0; entry < used; entry++) {
            if (marks[entry] > 0 && marks[entry] < scan && !isKnownBeside(entry, scan)) {
                marks[entry] = 0;
                removeIfOver(entry);
            }
        }
    }

    private boolean isKnownBeside(int entry, int scan) {
        for (int at = firstBeside(entry); isBeside(at, entry); at = after[at]) {
            if (inHand[at] > 0 || marks[at] >= scan) {
                return true;
            }
        }
        return false;
    }

    /** The first of those of the same key and sequence. */
    private int firstBeside(int entry) {
        int at = entry;
        while (isBeside(before[at], entry)) {
            at = before[at];
        }
        return at;
    }

    private boolean isBeside(int at, int entry) {
        return at != NONE && sequences[at] == sequences[entry];
    }

    private int entry(Copy copy) {
        int known = byName.find(copy.name());
        return known == NONE ? add(copy) : known;
    }

    private int add(Copy copy) {
        int entry = free;
        if (entry == NONE) {
            entry = used++;
            reserve(used);
        } else {
            free = after[entry];
        }
        owners[entry] = copy.owner();
        ofOwner.merge(copy.owner(), 1, Integer::sum);
        names[entry] = copy.name();
        sequences[entry] = copy.sequence();
        dues[entry] = copy.dueMillis();
        inHand[entry] = 0;
        marks[entry] = 0;
        byName.add(entry);
        count++;
        link(entry, copy.key());
        return entry;
    }

    private void reserve(int wanted) {
        if (wanted > names.length) {
            resize(wanted + wanted / 2);
        }
    }

    private void resize(int size) {
        owners = Arrays.copyOf(owners, size);
        names = Arrays.copyOf(names, size);
        sequences = Arrays.copyOf(sequences, size);
        dues = Arrays.copyOf(dues, size);
        lineOf = Arrays.copyOf(lineOf, size);
        before = Arrays.copyOf(before, size);
        after = Arrays.copyOf(after, size);
        inHand = Arrays.copyOf(inHand, size);
        marks = Arrays.copyOf(marks, size);
    }

    /** Stands in line by sequence; the later usually comes later. */
    private void link(int entry, long key) {
        int known = lines.find(key);
        int line = known == NONE ? lines.add(key) : known;
        int left = lines.last(line);
        while (left != NONE && sequences[left] > sequences[entry]) {
            left = before[left];
        }
        int right = left == NONE ? lines.first(line) : after[left];
        lineOf[entry] = line;
        join(line, left, entry);
        join(line, entry, right);
    }

    /** Makes two entries neighbours; none on one side means the line's end. */
    private void join(int line, int left, int right) {
        if (left == NONE) {
            lines.first(line, right);
        } else {
            after[left] = right;
        }
        if (right == NONE) {
            lines.last(line, left);
        } else {
            before[right] = left;
        }
    }

    private boolean removeIfOver(int entry) {
        if (inHand[entry] > 0 || marks[entry] > 0) {
            return false;
        }
        int line = lineOf[entry];
        ofOwner.computeIfPresent(owners[entry], (owner, of) -> of == 1 ? null : of - 1);
        byName.remove(entry);
        join(line, before[entry], after[entry]);
        if (lines.first(line) == NONE) {
            lines.remove(line);
        }
        after[entry] = free;
        free = entry;
        if (--count == 0) {
            resize(FEWEST);
            used = 0;
            free = NONE;
        }
        return true;
    }
}
