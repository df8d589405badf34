package dev.ringback.ingest;

import dev.ringback.runtime.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a request's body up to a limit. What is longer is refused as soon as that shows: from its
 * Content-Length before a byte is read, or else at the first byte too many. Thread-safe.
 */
final class BodyReader {
    private static final int STEP = 64 << 10;

    private final int limit;
    private final ByteBudget budget;

    /**
     * A reader of bodies.
     *
     * @param limit the longest body, in bytes
     * @param budget for all bodies that are being read at the same time
     */
    BodyReader(int limit, ByteBudget budget) {
        this.limit = limit;
        this.budget = budget;
    }

    /**
     * The whole body.
     *
     * @throws Problem 413 when it is too long, 503 when too much is being read already
     */
    byte[] read(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() > limit) {
            throw tooLong();
        }
        int taken = 0;
        try {
            InputStream in = request.getInputStream();
            ByteArrayOutputStream body = new ByteArrayOutputStream(STEP);
            byte[] step = new byte[STEP];
            for (int read = in.read(step); read >= 0; read = in.read(step)) {
                if (body.size() + read > limit) {
                    throw tooLong();
                }
                if (!budget.take(read)) {
                    throw Problem.of(503, "too many requests are being read; nothing was taken")
                            .header("Retry-After", "1")
                            .header("Connection", "close");
                }
                taken += read;
                body.write(step, 0, read);
            }
            return body.toByteArray();
        } finally {
            budget.giveBack(taken);
        }
    }

    /** The connection ends with the answer, because the rest of the body is still on its way. */
    private Problem tooLong() {
        return Problem.of(413, "a request is at most " + limit + " bytes")
                .header("Connection", "close");
    }
}
