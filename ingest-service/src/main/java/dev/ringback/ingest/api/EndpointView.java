package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Endpoint.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as answers show it: no secret, no header value, and the policy that stands.
 *
 * @param headers their names alone
 * @param signature what overrides the dialect's; nothing can yet
 */
record EndpointView(
        String id,
        String accountId,
        @Nullable String name,
        String url,
        String dialect,
        List<String> events,
        Scope scope,
        List<SecretView> secrets,
        List<String> headers,
        Policy policy,
        @Nullable String signature,
        Map<String, String> metadata,
        Status status,
        Instant lastStatusChange,
        List<String> recentFailures,
        Instant createdAt,
        Instant updatedAt) {

    /** A secret without itself. */
    record SecretView(String id, Instant createdAt, @Nullable Instant expiresAt) {}

    static EndpointView of(Endpoint endpoint) {
        return new EndpointView(
                endpoint.id(),
                endpoint.accountId(),
                endpoint.config().name(),
                endpoint.url(),
                endpoint.dialect(),
                endpoint.config().events(),
                endpoint.config().scope(),
                endpoint.config().secrets().stream().map(EndpointView::secret).toList(),
                List.copyOf(new TreeSet<>(endpoint.config().headers().keySet())),
                Dialects.named(endpoint.dialect())
                        .map(dialect -> effective(endpoint, dialect))
                        .orElse(endpoint.config().policy()),
                null,
                endpoint.config().metadata(),
                endpoint.status(),
                endpoint.state().lastStatusChange(),
                List.of(),
                endpoint.createdAt(),
                endpoint.updatedAt());
    }

    private static SecretView secret(Secret secret) {
        return new SecretView(secret.id(), secret.createdAt(), secret.expiresAt());
    }

    private static Policy effective(Endpoint endpoint, Dialect dialect) {
        EffectivePolicy policy = EffectivePolicy.of(endpoint, dialect);
        return new Policy(
                policy.timeout(),
                policy.schedule(),
                policy.maxInFlight(),
                endpoint.config().policy().rate(),
                policy.ordered(),
                policy.maxAge());
    }
}
