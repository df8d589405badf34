package dev.ringback.send;

import java.io.EOFException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Why a receiver gave no answer, in the words of the log of attempts. */
public enum Fault {
    /** Its name is unknown, or the name servers fail. */
    dns(true),
    /** Looking its name up took all the time there was. */
    dns_timeout(true),
    /** No way leads to its address. */
    no_route(true),
    /** This machine has no socket left, or may not connect there. */
    no_socket(true),
    /** The egress proxy cannot be reached, refuses us, or cannot reach the receiver. */
    proxy(true),
    /** Nobody listens there. */
    connection_refused(false),
    /** It broke the connection off. */
    connection_reset(false),
    /** It closed the connection before its answer was complete. */
    connection_closed(false),
    /** The connection broke in another way. */
    connection_broken(false),
    /** TLS could not be agreed on. */
    tls(false),
    /** Its certificate is no longer valid. */
    certificate_expired(false),
    /** Its certificate is not yet valid. */
    certificate_not_yet_valid(false),
    /** Its certificate is for another host. */
    certificate_wrong_host(false),
    /** Nobody we trust has issued its certificate. */
    certificate_untrusted(false),
    /** What it says is no HTTP, or it reset the stream. */
    protocol_error(false),
    /** Its status line and headers are larger than is read. */
    header_too_large(false);

    private static final String ENDED = "unexpected end of stream";

    private static final String STREAM_RESET = "stream was reset: ";

    private final boolean local;

    Fault(boolean local) {
        this.local = local;
    }

    /** Whether it may as well lie with us as with the receiver. */
    public boolean isLocal() {
        return local;
    }

    /**
     * What an exception says. Of several addresses that were tried, one that was reached tells more
     * than one that was not.
     */
    static Fault of(IOException failure) {
        List<Fault> faults =
                Stream.concat(Stream.of(failure), Stream.of(failure.getSuppressed()))
                        .map(Fault::ofOne)
                        .toList();
        return faults.stream()
                .filter(fault -> !fault.isLocal())
                .findFirst()
                .orElse(faults.getFirst());
    }

    private static Fault ofOne(Throwable e) {
        if (Wire.isTooMuch(e)) {
            return header_too_large;
        }
        return switch (e) {
            case Names.SlowLookup slow -> dns_timeout;
            case UnknownHostException unknown -> dns;
            case SSLPeerUnverifiedException wrongHost -> certificate_wrong_host;
            case SSLException tls -> ofTls(tls);
            case NoRouteToHostException noRoute -> no_route;
            case BindException bind -> no_socket;
            case ConnectException refused -> connection_refused;
            case SocketException broken -> ofSocket(text(broken));
            case ProtocolException protocol -> ofProtocol(text(protocol));
            case EOFException closed -> connection_closed;
            default -> ofOther(e);
        };
    }

    private static Fault ofTls(SSLException tls) {
        boolean certificate = false;
        for (Throwable e = tls.getCause(); e != null; e = e.getCause()) {
            certificate |= e instanceof CertificateException;
            Fault dated =
                    switch (e) {
                        case CertificateExpiredException expired -> certificate_expired;
                        case CertificateNotYetValidException early -> certificate_not_yet_valid;
                        case CertPathValidatorException path -> ofPath(path);
                        // The socket broke during the handshake.
                        case SocketException broken -> ofSocket(text(broken));
                        default -> null;
                    };
            if (dated != null) {
                return dated;
            }
        }
        return certificate ? certificate_untrusted : tlsOr(tls);
    }

    private static Fault tlsOr(SSLException e) {
        return text(e).contains("terminated the handshake") ? connection_closed : tls;
    }

    private static @Nullable Fault ofPath(CertPathValidatorException path) {
        if (path.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
            return certificate_expired;
        }
        return path.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID
                ? certificate_not_yet_valid
                : null;
    }

    /** The JDK tells these apart by their text alone, which is that of the operating system. */
    private static Fault ofSocket(String text) {
        if (text.contains("unreachable")) {
            return no_route;
        }
        boolean ours =
                Stream.of("Too many open files", "not permitted", "denied", "buffer space")
                        .anyMatch(text::contains);
        if (ours) {
            return no_socket;
        }
        boolean reset = text.contains("reset") || text.contains("Broken pipe");
        return reset ? connection_reset : connection_broken;
    }

    private static Fault ofProtocol(String text) {
        return text.startsWith(ENDED) ? connection_closed : protocol_error;
    }

    /** The client has no classes of its own for these. */
    private static Fault ofOther(Throwable e) {
        String text = text(e);
        if (text.startsWith("header byte count limit")) {
            return header_too_large;
        }
        if (text.startsWith(ENDED)) {
            return connection_closed;
        }
        boolean http2 = e.getClass().getName().contains(".http2.");
        return http2 ? protocol_error : connection_broken;
    }

    /** Whether the receiver, or the end of its HTTP/2 connection, says that it read nothing. */
    static boolean isRefusedUnread(IOException e) {
        return text(e).equals(STREAM_RESET + "REFUSED_STREAM")
                || e.getClass().getSimpleName().equals("ConnectionShutdownException");
    }

    /** Whether a connection that was closed while it was idle may look like that. */
    static boolean isBreak(IOException e) {
        return switch (of(e)) {
            case connection_reset, connection_closed, connection_broken -> true;
            // So the client calls the end of a connection of HTTP/2.
            case protocol_error -> text(e).equals(STREAM_RESET + "CANCEL");
            default -> false;
        };
    }

    private static String text(Throwable e) {
        return String.valueOf(e.getMessage());
    }
}
