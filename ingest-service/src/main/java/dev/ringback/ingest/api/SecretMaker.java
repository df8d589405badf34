package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Secrets;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.signature.Ed25519;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes, seals and retires signing secrets. Thread-safe. */
public final class SecretMaker {
    private final SecretBox box;
    private final Supplier<UUID> uuids;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** Seals with the box. */
    public SecretMaker(
            SecretBox box, Supplier<UUID> uuids, InstantSource clock, RandomGenerator random) {
        this.box = box;
        this.uuids = uuids;
        this.clock = clock;
        this.random = random;
    }

    /** What is wrong with a secret that somebody brings, if anything. */
    public static Optional<String> fault(
            Dialect dialect, @Nullable SignatureScheme signature, String secret) {
        return Secrets.fault(dialect, signature, secret);
    }

    /** A new secret as text. */
    public String generate(Dialect dialect, @Nullable SignatureScheme signature) {
        return Secrets.make(dialect, signature, random);
    }

    /**
     * A secret to be kept.
     *
     * @param owner the id of the endpoint or group
     */
    public Secret seal(String secret, String owner) {
        String publicKey = Ed25519.isKey(secret) ? Ed25519.publicKey(secret) : null;
        return new Secret(newId(), box.seal(secret, owner), publicKey, now(), null);
    }

    /** Those that have not expired. */
    public List<Secret> live(List<Secret> secrets) {
        Instant now = now();
        return secrets.stream().filter(secret -> isLive(secret, now)).toList();
    }

    /** The same, each ending after the overlap, or before if it was to. */
    List<Secret> ending(List<Secret> secrets, Duration overlap) {
        Instant end = now().plus(overlap);
        return live(
                secrets.stream()
                        .map(secret -> isLive(secret, end) ? until(secret, end) : secret)
                        .toList());
    }

    /** The same, with the newest staying for good. */
    public static List<Secret> staying(List<Secret> secrets) {
        if (secrets.isEmpty()) {
            return secrets;
        }
        List<Secret> staying = new ArrayList<>(secrets);
        staying.set(secrets.size() - 1, until(secrets.getLast(), null));
        return staying;
    }

    private static boolean isLive(Secret secret, Instant at) {
        return secret.expiresAt() == null || secret.expiresAt().isAfter(at);
    }

    private static Secret until(Secret secret, @Nullable Instant end) {
        return new Secret(
                secret.id(), secret.sealed(), secret.publicKey(), secret.createdAt(), end);
    }

    private String newId() {
        return "sec_" + uuids.get().toString().replace("-", "");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
