package dev.ringback.dlq.scan;

import java.util.Arrays;

/**
 * The latest death of each matching delivery in one partition. Ids are kept as 64-bit hashes, so a
 * million deliveries take 32 MB; that two of a million share a hash happens once in 37 million.
 */
final class Latest {
    private static final int FIRST_SLOTS = 1 << 10;
    private static final long NONE = -1;

    /** Hash and offset of each delivery, side by side; a hash of 0 is a free slot. */
    private long[] slots = new long[2 * FIRST_SLOTS];

    private int taken;
    private int deliveries;

    /** A matching death: it hides earlier ones. */
    void put(String id, long offset) {
        int slot = slot(hash(id));
        if (slots[slot] == 0) {
            slots[slot] = hash(id);
            slots[slot + 1] = NONE;
            taken++;
        }
        if (slots[slot + 1] == NONE) {
            deliveries++;
        }
        slots[slot + 1] = offset;
        if (taken * 3L > slots.length) {
            grow();
        }
    }

    /** A death that does not match hides earlier ones that do. */
    void hide(String id) {
        int slot = slot(hash(id));
        if (slots[slot] != 0 && slots[slot + 1] != NONE) {
            slots[slot + 1] = NONE;
            deliveries--;
        }
    }

    /** Whether a matching death of this delivery has been seen that nothing hides. */
    boolean has(String id) {
        int slot = slot(hash(id));
        return slots[slot] != 0 && slots[slot + 1] != NONE;
    }

    /** How many deliveries match. */
    int size() {
        return deliveries;
    }

    /** Where their deaths are, in order. */
    long[] offsets() {
        long[] offsets = new long[deliveries];
        int next = 0;
        for (int slot = 0; slot < slots.length; slot += 2) {
            if (slots[slot] != 0 && slots[slot + 1] != NONE) {
                offsets[next++] = slots[slot + 1];
            }
        }
        Arrays.sort(offsets);
        return offsets;
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

    private void grow() {
        long[] old = slots;
        slots = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                int slot = slot(old[i]);
                slots[slot] = old[i];
                slots[slot + 1] = old[i + 1];
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
