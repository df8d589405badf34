package dev.ringback.dlq.terminal;

import dev.ringback.schemas.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Where a command reads and writes: data to {@code out}, everything else to {@code err}.
 *
 * @param interactive whether somebody is there who can answer a question
 * @param columns how wide it is
 */
public record Terminal(
        PrintStream out, PrintStream err, InputStream in, boolean interactive, int columns) {

    /** How data is written. */
    public enum Format {
        table,
        json
    }

    /** Writes one JSON line of data; false when nobody reads any more. */
    public boolean json(Object value) {
        byte[] line = Json.bytes(value);
        out.write(line, 0, line.length);
        out.write('\n');
        return !out.checkError();
    }

    /** Writes text of data, its control characters made harmless. */
    public void text(String text) {
        out.println(printable(text));
    }

    /** Says something to the person, a line. */
    public void say(String line) {
        err.println(printable(line));
    }

    /** Asks a question and returns whether the answer was yes. */
    public boolean agrees(String question) {
        out.flush();
        err.print(printable(question) + " [y/N] ");
        err.flush();
        String answer = line().strip().toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    private String line() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
                line.write(b);
            }
            return line.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new Failure("cannot read the answer: " + e.getMessage());
        }
    }

    /** What a receiver or producer wrote must not steer the terminal of whoever looks at it. */
    public static String printable(String text) {
        return text.replaceAll("[\\p{Cc}&&[^\\n\\t]]", "\ufffd");
    }

    /** {@code 1 delivery}, {@code 2 deliveries}. */
    public static String deliveries(long count) {
        return count + (count == 1 ? " delivery" : " deliveries");
    }
}
