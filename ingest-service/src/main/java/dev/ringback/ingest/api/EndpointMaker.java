package dev.ringback.ingest.api;

import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Violation;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Makes an endpoint of what somebody asks for. Its secret and header values are sealed here, before
 * they go anywhere. Thread-safe.
 */
public final class EndpointMaker {
    private final SecretBox box;
    private final SecretMaker secrets;
    private final Supplier<UUID> uuids;
    private final InstantSource clock;

    /** Seals with the box, for the endpoint's id. */
    public EndpointMaker(
            SecretBox box, SecretMaker secrets, Supplier<UUID> uuids, InstantSource clock) {
        this.box = box;
        this.secrets = secrets;
        this.uuids = uuids;
        this.clock = clock;
    }

    /**
     * An endpoint as it is to be.
     *
     * @param shownSecret its secret when it was made here, to be shown once
     */
    record Made(Endpoint endpoint, Optional<String> shownSecret) {
        /** Without the secret: this may end up in a log. */
        @Override
        public String toString() {
            return "Made[" + endpoint.id() + "]";
        }
    }

    /** A new endpoint. */
    Made make(EndpointForm form) {
        String id = "ep_" + uuids.get().toString().replace("-", "");
        Optional<String> made = needed(form);
        List<Secret> sealed =
                Optional.ofNullable(form.secret()).or(() -> made).stream()
                        .map(secret -> secrets.seal(secret, id))
                        .toList();
        Stage stage = form.dialect().rules().drafts() ? Stage.draft : null;
        Config config = config(form, sealed, headers(form, Map.of(), id), false);
        return new Made(
                Endpoint.of(id, form.accountId(), config, stage, now()),
                form.secret() == null ? made : Optional.empty());
    }

    /**
     * A known endpoint as a form wants it, which was read with it.
     *
     * @throws Problem 422 when its secrets do not fit the signature that it is to have
     */
    Made change(Endpoint known, EndpointForm form) {
        String id = known.id();
        List<Secret> kept = secrets.live(known.config().secrets());
        Optional<String> shown = Optional.empty();
        if (form.secret() != null) {
            kept = List.of(secrets.seal(form.secret(), id));
        } else if (form.unsigned() && !signs(form)) {
            kept = List.of();
        } else if (kept.isEmpty()) {
            shown = needed(form);
            kept = shown.stream().map(secret -> secrets.seal(secret, id)).toList();
        } else if (!Objects.equals(form.signature(), known.config().signature())) {
            kept.forEach(secret -> requireFit(form, box.open(secret.sealed(), id)));
        }
        Map<String, String> headers = headers(form, known.config().headers(), id);
        Config config = config(form, kept, headers, known.config().secretsShown());
        return new Made(known.withConfig(config, now()), shown);
    }

    /** A known endpoint with other secrets. */
    Endpoint withSecrets(Endpoint known, List<Secret> others) {
        return known.withConfig(known.config().withSealed(others, known.config().headers()), now());
    }

    private static boolean signs(EndpointForm form) {
        return form.dialect().alwaysSigns() || form.signature() != null;
    }

    /** A secret for an endpoint that brings none and cannot do without. */
    private Optional<String> needed(EndpointForm form) {
        return signs(form)
                ? Optional.of(secrets.generate(form.dialect(), form.signature()))
                : Optional.empty();
    }

    private static void requireFit(EndpointForm form, String secret) {
        SecretMaker.fault(form.dialect(), form.signature(), secret)
                .ifPresent(
                        fault -> {
                            String reason = "the endpoint's secret " + fault + "; send another";
                            throw Problem.invalid(List.of(new Violation("/secret", reason)));
                        });
    }

    /** Sealed; the known one where the form has a blank value. */
    private Map<String, String> headers(EndpointForm form, Map<String, String> known, String id) {
        Map<String, String> sealed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sealed.putAll(known);
        Map<String, String> headers = new HashMap<>();
        form.headers()
                .forEach(
                        (name, value) -> {
                            String before = value.isBlank() ? sealed.get(name) : null;
                            headers.put(name, before == null ? box.seal(value, id) : before);
                        });
        return headers;
    }

    private static Config config(
            EndpointForm form,
            List<Secret> secrets,
            Map<String, String> headers,
            boolean secretsShown) {
        return new Config(
                form.name(),
                form.url(),
                form.dialect().name(),
                form.events(),
                form.scope(),
                secrets,
                headers,
                form.policy(),
                form.signature(),
                form.metadata(),
                null,
                null,
                secretsShown);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
