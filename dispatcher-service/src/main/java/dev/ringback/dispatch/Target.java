package dev.ringback.dispatch;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Terms;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.SignatureScheme;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An endpoint made ready to be called: its dialect found, its policy filled in, its secrets opened.
 * Made once for each version of an endpoint.
 *
 * @param fault why it cannot be called although it is there, such as a missing master key
 */
record Target(
        Endpoint endpoint,
        Dialect dialect,
        EffectivePolicy policy,
        List<Secret> secrets,
        Map<String, String> headers,
        Optional<String> fault) {

    private static final String DO_NOT_OPEN = "its secrets do not open: ";

    /** An open secret and how long it signs. */
    private record Secret(String text, Optional<Instant> expiresAt) {
        @Override
        public String toString() {
            return "secret";
        }
    }

    /** Shows none of what was opened. */
    @Override
    public String toString() {
        return endpoint.id() + " version " + endpoint.version();
    }

    /** Opens an endpoint as {@code webhook.endpoints} holds it. */
    static Target open(byte[] bytes, SecretBox box) {
        Endpoint endpoint = Endpoint.read(bytes);
        Optional<Dialect> dialect = Dialects.named(endpoint.dialect());
        if (dialect.isEmpty()) {
            return faulty(endpoint, "the dialect " + endpoint.dialect() + " is not known here");
        }
        try {
            Map<String, String> headers = new TreeMap<>();
            endpoint.config()
                    .headers()
                    .forEach((name, value) -> headers.put(name, box.open(value, endpoint.id())));
            return new Target(
                    endpoint,
                    dialect.get(),
                    EffectivePolicy.of(endpoint, dialect.get()),
                    endpoint.config().secrets().stream()
                            .map(secret -> open(secret, endpoint, box))
                            .toList(),
                    headers,
                    Optional.empty());
        } catch (IllegalStateException | IllegalArgumentException e) {
            return faulty(endpoint, DO_NOT_OPEN + e.getMessage());
        }
    }

    /**
     * A URL that a call brings itself: tried as its dialect says, signed by the call's own secrets.
     */
    static Target ofCall(DeliveryHeader header, DeliveryHeader.Via via, String url, SecretBox box) {
        Endpoint endpoint =
                Endpoint.of(
                        header.endpointId(),
                        header.accountId(),
                        Endpoint.Config.of(url, header.dialect(), List.of(), Endpoint.Scope.ANY),
                        null,
                        header.createdAt());
        Optional<Dialect> dialect = Dialects.named(header.dialect());
        if (dialect.isEmpty()) {
            return faulty(endpoint, "the dialect " + header.dialect() + " is not known here");
        }
        String owner = DeliveryHeader.ownerOfSecrets(header.accountId(), header.subjectId());
        try {
            return new Target(
                    endpoint,
                    dialect.get(),
                    EffectivePolicy.of(endpoint, dialect.get()),
                    via.secrets().stream()
                            .map(text -> new Secret(box.open(text, owner), Optional.empty()))
                            .toList(),
                    Map.of(),
                    Optional.empty());
        } catch (IllegalStateException | IllegalArgumentException e) {
            return faulty(endpoint, DO_NOT_OPEN + e.getMessage());
        }
    }

    /** The same target signed by another's secrets. */
    Target signedBy(Target other) {
        return new Target(
                endpoint, dialect, policy, other.secrets, headers, fault.or(other::fault));
    }

    /** What its flow is bound to. */
    Terms terms() {
        return new Terms(policy.maxInFlight(), policy.ratePerSecond());
    }

    /** How it is signed: its own way, or else its dialect's. */
    SignatureScheme scheme() {
        SignatureScheme own = endpoint.config().signature();
        return own == null ? dialect.signature() : own;
    }

    /** The secrets that sign at a time, oldest first. */
    List<String> liveSecrets(Instant at) {
        return secrets.stream()
                .filter(secret -> secret.expiresAt().filter(end -> !end.isAfter(at)).isEmpty())
                .map(Secret::text)
                .toList();
    }

    private static Secret open(Endpoint.Secret secret, Endpoint endpoint, SecretBox box) {
        return new Secret(
                box.open(secret.sealed(), endpoint.id()), Optional.ofNullable(secret.expiresAt()));
    }

    private static Target faulty(Endpoint endpoint, String fault) {
        Dialect dialect =
                Dialects.named(endpoint.dialect()).orElseGet(() -> Dialects.all().getFirst());
        return new Target(
                endpoint,
                dialect,
                EffectivePolicy.of(endpoint, dialect),
                List.of(),
                Map.of(),
                Optional.of(fault));
    }
}
