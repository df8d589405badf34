package dev.ringback.console.query;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one partition answers of one span.
 *
 * @param span the number of the span in the question
 * @param reached the last key that was looked at; null when all were
 */
public record Stretch(int partition, int span, List<Row> rows, byte @Nullable [] reached) {
    private static final byte[] NOTHING = {};

    /** Copies the rows. */
    public Stretch {
        rows = List.copyOf(rows);
    }

    /** A key and what belongs to it. */
    public record Row(byte[] key, byte[] value) {}

    /** What goes from instance to instance. */
    static byte[] bytes(List<Stretch> all) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(all.size());
            for (Stretch one : all) {
                out.writeInt(one.partition);
                out.writeInt(one.span);
                write(out, one.reached == null ? NOTHING : one.reached);
                out.writeInt(one.rows.size());
                for (Row row : one.rows) {
                    write(out, row.key);
                    write(out, row.value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #bytes} wrote. */
    static List<Stretch> read(byte[] bytes) throws IOException {
        List<Stretch> all = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                int partition = in.readInt();
                int span = in.readInt();
                byte[] reached = bytes(in);
                int size = in.readInt();
                List<Row> rows = new ArrayList<>();
                for (int row = 0; row < size; row++) {
                    rows.add(new Row(bytes(in), bytes(in)));
                }
                all.add(new Stretch(partition, span, rows, reached.length == 0 ? null : reached));
            }
        }
        return all;
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
