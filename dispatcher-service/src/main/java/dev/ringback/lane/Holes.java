package dev.ringback.lane;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Optional;

/**
 * The unfinished offsets between a commit's offset and the highest offset started: what a commit
 * says beyond its number, as text for the commit's metadata.
 *
 * @param span number of offsets from the committed one to the highest started, both included
 * @param unfinished offsets in that span that are not done, relative to the committed one
 */
public record Holes(int span, BitSet unfinished) {
    /**
     * The largest span. As a bitmap it takes 2,732 characters; brokers take 4,096 by default
     * ({@code offset.metadata.max.bytes}).
     */
    static final int MAX_SPAN = 16_384;

    /** The largest span when few offsets in it are unfinished: a gap takes three bytes then. */
    static final int MAX_SPARSE_SPAN = 1 << 20;

    /**
     * How many offsets may be unfinished in a longer span: 2,700 bytes of gaps, or 3,600 in text.
     */
    static final int MAX_SPARSE = 900;

    /** Nothing is known beyond the committed offset itself. */
    public static final Holes NONE = new Holes(0, new BitSet());

    private static final String VERSION = "h1";
    private static final String GAPS = "g";
    private static final String BITMAP = "b";

    /** Whether an offset, relative to the committed one, is known to be done. */
    public boolean done(long relative) {
        return relative >= 0 && relative < span && !unfinished.get((int) relative);
    }

    /** The shorter of two forms: gaps between unfinished offsets, or a bitmap. */
    String encode() {
        if (span == 0) {
            return "";
        }
        byte[] gaps = gaps();
        byte[] bitmap = unfinished.toByteArray();
        boolean sparse = gaps.length <= bitmap.length;
        return String.join(
                ":",
                VERSION,
                Integer.toString(span),
                sparse ? GAPS : BITMAP,
                Base64.getEncoder().withoutPadding().encodeToString(sparse ? gaps : bitmap));
    }

    /** What {@link #encode} wrote; empty when it is anything else, so that records come again. */
    public static Optional<Holes> decode(String text) {
        if (text.isEmpty()) {
            return Optional.of(NONE);
        }
        String[] parts = text.split(":", -1);
        try {
            int span = parts.length == 4 ? Integer.parseInt(parts[1]) : 0;
            if (!parts[0].equals(VERSION) || span < 1 || span > MAX_SPARSE_SPAN) {
                return Optional.empty();
            }
            byte[] bytes = Base64.getDecoder().decode(parts[3]);
            BitSet unfinished = parts[2].equals(GAPS) ? ofGaps(bytes) : BitSet.valueOf(bytes);
            boolean known = parts[2].equals(GAPS) || parts[2].equals(BITMAP);
            return known && unfinished.length() <= span
                    ? Optional.of(new Holes(span, unfinished))
                    : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private byte[] gaps() {
        ByteBuffer out = ByteBuffer.allocate(unfinished.cardinality() * 3);
        int from = 0;
        for (int at = unfinished.nextSetBit(0); at >= 0; at = unfinished.nextSetBit(at + 1)) {
            int gap = at - from;
            for (; gap >= 0x80; gap >>>= 7) {
                out.put((byte) (gap | 0x80));
            }
            out.put((byte) gap);
            from = at + 1;
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static BitSet ofGaps(byte[] bytes) {
        BitSet unfinished = new BitSet();
        int from = 0;
        int gap = 0;
        int shift = 0;
        for (byte part : bytes) {
            gap |= (part & 0x7f) << shift;
            shift += 7;
            if (part >= 0) {
                unfinished.set(from + gap);
                from += gap + 1;
                gap = 0;
                shift = 0;
            }
        }
        if (shift != 0) {
            throw new IllegalArgumentException("a gap is cut off");
        }
        return unfinished;
    }
}
