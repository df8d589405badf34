package dev.ringback.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Failure;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.SignatureScheme;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as answers show it: no secret, no header value, and the policy that stands.
 *
 * @param headers their names alone
 * @param signature what overrides the dialect's
 * @param callback which URL of an application it is; left out when none
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
        @Nullable SignatureScheme signature,
        Map<String, String> metadata,
        Status status,
        Instant lastStatusChange,
        List<Failure> recentFailures,
        @JsonInclude(JsonInclude.Include.NON_NULL) Endpoint.@Nullable Callback callback,
        Instant createdAt,
        Instant updatedAt) {

    /** A secret without itself; with what verifies its signatures, if that is another. */
    record SecretView(
            String id,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String publicKey) {}

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
                endpoint.config().signature(),
                endpoint.config().metadata(),
                endpoint.status(),
                endpoint.state().lastStatusChange(),
                endpoint.state().recentFailures(),
                endpoint.config().callback(),
                endpoint.createdAt(),
                endpoint.updatedAt());
    }

    static SecretView secret(Secret secret) {
        return new SecretView(
                secret.id(), secret.createdAt(), secret.expiresAt(), secret.publicKey());
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
