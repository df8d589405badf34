package dev.ringback.subscribers;

import dev.ringback.subscribers.Behaviour.Trouble;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Function;

/** One connection to the receivers: reads requests and answers them, well or badly. */
final class Connection {
    /** How long a 429 asks to be left alone. */
    static final int RETRY_AFTER_SECONDS = 2;

    private static final int LONGEST_HANG_MILLIS = 30_000;

    /** Between two bytes of an answer that drips: no read times out, only the whole of it does. */
    private static final int DRIP_MILLIS = 100;

    private static final int DRIPS = 300;
    private static final long GIGABYTES = 4L << 30;

    private final Socket socket;
    private final Clock clock;
    private final Function<Request, Answer> answers;

    /**
     * What to answer.
     *
     * @param status 0: what the trouble says
     */
    record Answer(int status, Trouble trouble) {}

    /**
     * A connection that {@link #serve} serves.
     *
     * @param answers decides, and takes note, just before the answer is written
     */
    Connection(Socket socket, Clock clock, Function<Request, Answer> answers) {
        this.socket = socket;
        this.clock = clock;
        this.answers = answers;
    }

    /** Serves requests until one side closes the connection. */
    void serve() throws IOException {
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        boolean open = true;
        while (open) {
            Optional<Request> request = Request.read(in, clock);
            open = request.isPresent() && answer(answers.apply(request.get()), in, out);
        }
    }

    /** Answers; whether the connection can be used again. */
    private boolean answer(Answer answer, InputStream in, OutputStream out) throws IOException {
        return switch (answer.trouble()) {
            case none, error, gone, blocked -> plain(out, answer.status(), "");
            case later_seconds ->
                    plain(out, answer.status(), "Retry-After: " + RETRY_AFTER_SECONDS + "\r\n");
            case later_date -> plain(out, answer.status(), "Retry-After: " + date() + "\r\n");
            case hang -> hang(in);
            case drip -> drip(out);
            case reset -> reset();
            case gigabytes -> gigabytes(out, answer.status());
        };
    }

    private static boolean plain(OutputStream out, int status, String header) throws IOException {
        write(out, "HTTP/1.1 " + status + " -\r\n" + header + "Content-Length: 0\r\n\r\n");
        return true;
    }

    private String date() {
        Instant at = clock.instant().plusSeconds(RETRY_AFTER_SECONDS);
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atZone(ZoneOffset.UTC));
    }

    /** Says nothing until the client gives up. */
    private boolean hang(InputStream in) throws IOException {
        socket.setSoTimeout(LONGEST_HANG_MILLIS);
        return in.read() >= 0;
    }

    private static boolean drip(OutputStream out) throws IOException {
        write(out, "HTTP/1.1 200 -\r\nX-Drip: ");
        try {
            for (int i = 0; i < DRIPS; i++) {
                Thread.sleep(DRIP_MILLIS);
                write(out, "x");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean reset() throws IOException {
        socket.setSoLinger(true, 0);
        return false;
    }

    private static boolean gigabytes(OutputStream out, int status) throws IOException {
        write(out, "HTTP/1.1 " + status + " -\r\nContent-Length: " + GIGABYTES + "\r\n\r\n");
        byte[] block = new byte[64 << 10];
        for (long written = 0; written < GIGABYTES; written += block.length) {
            out.write(block);
        }
        return true;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
