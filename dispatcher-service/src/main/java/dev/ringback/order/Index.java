package dev.ringback.order;

import java.util.function.IntToLongFunction;

/**
 * Finds numbered entries by their 64-bit names, in 6 to 12 bytes an entry; the names stay with
 * whoever has the entries. Names must be spread evenly. Not thread-safe.
 */
final class Index {
    private static final int FEWEST = 16;

    private final IntToLongFunction names;

    /** An entry's number plus one, or 0 for none; open addressing with steps of one. */
    private int[] slots = new int[FEWEST];

    private int size;

    /** An empty index of entries with these names. */
    Index(IntToLongFunction names) {
        this.names = names;
    }

    /** The entry of a name, or -1. */
    int find(long name) {
        for (int at = home(name); slots[at] != 0; at = next(at)) {
            if (names.applyAsLong(slots[at] - 1) == name) {
                return slots[at] - 1;
            }
        }
        return -1;
    }

    /** Adds an entry whose name is not here. */
    void add(int entry) {
        if (++size * 3L > slots.length * 2L) {
            grow();
        }
        put(entry);
    }

    private void put(int entry) {
        int at = home(names.applyAsLong(entry));
        while (slots[at] != 0) {
            at = next(at);
        }
        slots[at] = entry + 1;
    }

    private void grow() {
        int[] before = slots;
        slots = new int[before.length * 2];
        for (int slot : before) {
            if (slot != 0) {
                put(slot - 1);
            }
        }
    }

    /** Removes an entry that is here; those that it had pushed on move up. */
    void remove(int entry) {
        int hole = home(names.applyAsLong(entry));
        while (slots[hole] != entry + 1) {
            hole = next(hole);
        }
        for (int at = next(hole); slots[at] != 0; at = next(at)) {
            int home = home(names.applyAsLong(slots[at] - 1));
            if (((at - home) & mask()) >= ((at - hole) & mask())) {
                slots[hole] = slots[at];
                hole = at;
            }
        }
        slots[hole] = 0;
        if (--size == 0) {
            slots = new int[FEWEST];
        }
    }

    private int home(long name) {
        return (int) name & mask();
    }

    private int next(int at) {
        return (at + 1) & mask();
    }

    private int mask() {
        return slots.length - 1;
    }
}
