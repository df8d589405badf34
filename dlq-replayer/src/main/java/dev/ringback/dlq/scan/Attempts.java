package dev.ringback.dlq.scan;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Json;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Reads the records of {@code webhook.attempts}. */
public final class Attempts {
    private Attempts() {}

    /** The attempt in these bytes, if it is one. */
    public static Optional<Attempt> read(byte[] bytes) {
        try {
            Attempt attempt = Json.read(bytes, Attempt.class);
            return attempt.at() == null || attempt.outcome() == null || attempt.trigger() == null
                    ? Optional.empty()
                    : Optional.of(attempt);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
