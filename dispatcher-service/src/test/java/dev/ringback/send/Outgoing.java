package dev.ringback.send;

import dev.ringback.network.Cidr;
import dev.ringback.network.EgressProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.Dns;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Senders and requests as tests want them. */
final class Outgoing {
    /** The one issuer that these senders trust. */
    static final HeldCertificate ISSUER =
            new HeldCertificate.Builder().certificateAuthority(0).build();

    static final Duration LONG = Duration.ofSeconds(20);

    private static final HandshakeCertificates TRUST =
            new HandshakeCertificates.Builder().addTrustedCertificate(ISSUER.certificate()).build();

    private Outgoing() {}

    /** A sender that may call these ranges. */
    static Sender sender(String... allowed) {
        return sender(Optional.empty(), Dns.SYSTEM, allowed);
    }

    static Sender sender(Optional<EgressProxy> proxy, Dns dns, String... allowed) {
        EgressGuard guard = new EgressGuard(Stream.of(allowed).map(Cidr::parse).toList());
        return new Sender(
                guard,
                proxy,
                // As tests change what names mean from one moment to the next.
                new Names(guard::lets, dns, Duration.ZERO),
                client -> client.sslSocketFactory(TRUST.sslSocketFactory(), TRUST.trustManager()));
    }

    static SignedRequest post(String url) {
        return post(url, LONG);
    }

    static SignedRequest post(String url, Duration timeout) {
        return post(url, timeout, "{}".getBytes(StandardCharsets.UTF_8));
    }

    static SignedRequest post(String url, Duration timeout, byte[] body) {
        return new SignedRequest("POST", url, Map.of(), Map.of(), body, timeout);
    }

    /** What a server shows that has this certificate from {@link #ISSUER}. */
    static HandshakeCertificates certified(HeldCertificate.Builder certificate) {
        return new HandshakeCertificates.Builder()
                .heldCertificate(certificate.signedBy(ISSUER).build(), ISSUER.certificate())
                .build();
    }

    /** What a server shows that has certified itself. */
    static HandshakeCertificates selfSigned(HeldCertificate.Builder certificate) {
        return new HandshakeCertificates.Builder().heldCertificate(certificate.build()).build();
    }
}
