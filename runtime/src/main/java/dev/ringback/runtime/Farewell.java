package dev.ringback.runtime;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;

/**
 * Lets an answer arrive that ends its connection while the request's body is still on its way. A
 * socket that is closed with bytes unread is reset, and the reset may overtake the answer; so what
 * still comes is read and dropped, up to a limit. A body that comes too slowly ends with the
 * connection's idle timeout. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.6">RFC 9112, 9.6: tear-down</a>
 */
final class Farewell implements Filter {
    private static final int STEP = 64 << 10;

    private final long limit;

    /**
     * A filter for all requests.
     *
     * @param limit how many bytes of a refused body are read at most
     */
    Farewell(long limit) {
        this.limit = limit;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        if (response instanceof HttpServletResponse answer
                && "close".equals(answer.getHeader("Connection"))) {
            answer.getOutputStream().close();
            drop(request.getInputStream());
        }
    }

    private void drop(InputStream body) {
        byte[] step = new byte[STEP];
        try {
            long dropped = 0;
            for (int read = body.read(step); read >= 0 && dropped < limit; read = body.read(step)) {
                dropped += read;
            }
        } catch (IOException e) {
            // Who sent it has gone or gone silent: then there is nobody to hear the answer either.
        }
    }
}
