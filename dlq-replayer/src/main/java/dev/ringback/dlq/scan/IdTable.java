package dev.ringback.dlq.scan;

import java.util.Arrays;

/**
 * One number for each of very many ids, such as the offset of a delivery's latest death. Ids are
 * kept as 64-bit hashes, so a million take 32 MB whatever their length; that any two of a million
 * share a hash happens once in 37 million.
 */
public final class IdTable {
    private static final int FIRST_SLOTS = 1 << 10;

    /** Stands for no number. */
    public static final long NONE = -1;

    /** Hash and number of each id, side by side; a hash of 0 is a free slot. */
    private long[] slots = new long[2 * FIRST_SLOTS];

    private int taken;
    private int size;

    /** Sets an id's number, which is not negative. */
    public void put(String id, long number) {
        int slot = slot(hash(id));
        if (slots[slot] == 0) {
            slots[slot] = hash(id);
            slots[slot + 1] = NONE;
            taken++;
        }
        if (slots[slot + 1] == NONE) {
            size++;
        }
        slots[slot + 1] = number;
        if (taken * 3L > slots.length) {
            grow();
        }
    }

    /** Forgets an id's number. */
    public void remove(String id) {
        int slot = slot(hash(id));
        if (slots[slot] != 0 && slots[slot + 1] != NONE) {
            slots[slot + 1] = NONE;
            size--;
        }
    }

    /** An id's number, or {@link #NONE}. */
    public long get(String id) {
        int slot = slot(hash(id));
        return slots[slot] == 0 ? NONE : slots[slot + 1];
    }

    /** Whether an id has a number. */
    public boolean has(String id) {
        return get(id) != NONE;
    }

    /** How many ids have a number. */
    public int size() {
        return size;
    }

    /** Their numbers, in order. */
    public long[] numbers() {
        long[] numbers = new long[size];
        int next = 0;
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot] != 0 && slots[slot + 1] != NONE) {
                numbers[next++] = slots[slot + 1];
            }
        }
        Arrays.sort(numbers);
        return numbers;
    }

    /** Where this hash is, or where it would be put. */
    private int slot(long hash) {
        int mask = slots.length / 2 - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (slots[2 * slot] != 0 && slots[2 * slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return 2 * slot;
    }

    /** Makes room: by leaving out what was forgotten, and if that is not much, in a larger one. */
    private void grow() {
        long[] old = slots;
        slots = new long[size * 2 > taken ? 2 * old.length : old.length];
        taken = 0;
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0 && old[i + 1] != NONE) {
                int slot = slot(old[i]);
                slots[slot] = old[i];
                slots[slot + 1] = old[i + 1];
                taken++;
            }
        }
    }

    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return hash == 0 ? 1 : hash;
    }
}
