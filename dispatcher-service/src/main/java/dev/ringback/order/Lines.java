package dev.ringback.order;

import java.util.Arrays;

/** The first and the last entry of every key that has any. Not thread-safe. */
final class Lines {
    private static final int NONE = -1;
    private static final int FEWEST = 16;

    private long[] keys = new long[FEWEST];
    private int[] first = new int[FEWEST];
    private int[] last = new int[FEWEST];
    private int used;

    /** The first of the lines that are free again, chained by their {@link #first}. */
    private int free = NONE;

    private int count;
    private final Index byKey = new Index(line -> keys[line]);

    /** The line of a key, or -1. */
    int find(long key) {
        return byKey.find(key);
    }

    /** The line of a key that has none. */
    int add(long key) {
        int line = free;
        if (line == NONE) {
            line = used++;
            reserve(used);
        } else {
            free = first[line];
        }
        keys[line] = key;
        first[line] = NONE;
        last[line] = NONE;
        byKey.add(line);
        count++;
        return line;
    }

    private void reserve(int wanted) {
        if (wanted > keys.length) {
            int size = wanted + wanted / 2;
            keys = Arrays.copyOf(keys, size);
            first = Arrays.copyOf(first, size);
            last = Arrays.copyOf(last, size);
        }
    }

    /** Takes an empty line away. */
    void remove(int line) {
        byKey.remove(line);
        first[line] = free;
        free = line;
        if (--count == 0) {
            keys = new long[FEWEST];
            first = new int[FEWEST];
            last = new int[FEWEST];
            used = 0;
            free = NONE;
        }
    }

    int first(int line) {
        return first[line];
    }

    int last(int line) {
        return last[line];
    }

    void first(int line, int entry) {
        first[line] = entry;
    }

    void last(int line, int entry) {
        last[line] = entry;
    }
}
