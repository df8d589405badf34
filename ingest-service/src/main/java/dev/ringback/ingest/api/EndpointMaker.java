package dev.ringback.ingest.api;

import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes an endpoint of what somebody asks for. Its secret and header values are sealed here, before
 * they go anywhere. Thread-safe.
 */
public final class EndpointMaker {
    private final SecretBox box;
    private final Supplier<UUID> uuids;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Seals with the box, for the endpoint's id. */
    public EndpointMaker(
            SecretBox box, Supplier<UUID> uuids, InstantSource clock, RandomGenerator random) {
        this.box = box;
        this.uuids = uuids;
        this.clock = clock;
        this.random = random;
    }

    /**
     * A new endpoint.
     *
     * @param shownSecret its secret when it was made here, to be shown once
     */
    record Made(Endpoint endpoint, Optional<String> shownSecret) {}

    Made make(EndpointForm form) {
        String id = newId("ep_");
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Optional<String> made =
                form.secret() == null
                        ? Optional.of(form.dialect().newSecret(random))
                        : Optional.empty();
        String secret = made.orElseGet(form::secret);
        Map<String, String> headers = new HashMap<>();
        form.headers().forEach((name, value) -> headers.put(name, box.seal(value, id)));
        Endpoint.Config config =
                new Endpoint.Config(
                        form.name(),
                        form.url(),
                        form.dialect().name(),
                        form.events(),
                        form.scope(),
                        List.of(new Secret(newId("sec_"), box.seal(secret, id), null, now, null)),
                        headers,
                        form.policy(),
                        null,
                        form.metadata(),
                        null,
                        null,
                        false);
        Endpoint endpoint = Endpoint.of(id, form.accountId(), config, null, now);
        return new Made(endpoint, made);
    }

    private String newId(String prefix) {
        return prefix + uuids.get().toString().replace("-", "");
    }
}
