package dev.ringback.dispatch;

import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.SignatureScheme;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An endpoint as a test wants it; what it leaves out is the usual. */
public final class EndpointSketch {
    private final String id;
    private final String account;
    private final String dialect;
    private final Map<String, String> headers = new HashMap<>();
    private final List<String> secrets = new ArrayList<>();
    private String url = "https://example.com/hooks";
    private List<String> events = List.of(Endpoint.ALL_EVENTS);
    private Endpoint.Scope scope = Endpoint.Scope.ANY;
    private Endpoint.Policy policy = Endpoint.Policy.DEFAULT;
    private SignatureScheme signature;
    private Endpoint.Callback callback;
    private Endpoint.Group group;
    private Endpoint.Stage stage;
    private Endpoint.Status status = Endpoint.Status.normal;
    private int failedInRow;

    private EndpointSketch(String id, String account, String dialect) {
        this.id = id;
        this.account = account;
        this.dialect = dialect;
    }

    /** An endpoint that takes all events of its account. */
    public static EndpointSketch of(String id, String account, String dialect) {
        return new EndpointSketch(id, account, dialect);
    }

    public EndpointSketch url(String other) {
        url = other;
        return this;
    }

    public EndpointSketch events(String... types) {
        events = List.of(types);
        return this;
    }

    public EndpointSketch scope(Endpoint.Scope other) {
        scope = other;
        return this;
    }

    public EndpointSketch secrets(String... texts) {
        secrets.clear();
        secrets.addAll(List.of(texts));
        return this;
    }

    public EndpointSketch header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public EndpointSketch schedule(Duration... waits) {
        policy = new Endpoint.Policy(null, List.of(waits), null, null, null, null);
        return this;
    }

    /** Tried as its dialect says, however long that takes. */
    public EndpointSketch patient() {
        policy = new Endpoint.Policy(null, null, null, null, null, Duration.ofDays(3_650));
        return this;
    }

    public EndpointSketch policy(Endpoint.Policy other) {
        policy = other;
        return this;
    }

    public EndpointSketch signature(SignatureScheme scheme) {
        signature = scheme;
        return this;
    }

    public EndpointSketch callback(Endpoint.Callback of) {
        callback = of;
        return this;
    }

    public EndpointSketch group(Endpoint.Group of) {
        group = of;
        return this;
    }

    public EndpointSketch stage(Endpoint.Stage of) {
        stage = of;
        return this;
    }

    public EndpointSketch state(Endpoint.Status of, int failures) {
        status = of;
        failedInRow = failures;
        return this;
    }

    /** The endpoint with its secrets and header values sealed. */
    public Endpoint sealedBy(SecretBox box) {
        Instant now = Instant.parse("2026-11-23T08:00:00Z");
        List<Endpoint.Secret> kept = new ArrayList<>();
        secrets.forEach(
                text ->
                        kept.add(
                                new Endpoint.Secret(
                                        "sec_" + kept.size(),
                                        box.seal(text, id),
                                        null,
                                        now,
                                        null)));
        Map<String, String> own = new HashMap<>();
        headers.forEach((name, value) -> own.put(name, box.seal(value, id)));
        Endpoint.Config config =
                new Endpoint.Config(
                        null, url, dialect, events, scope, kept, own, policy, signature, Map.of(),
                        callback, group, false);
        return Endpoint.of(id, account, config, stage, now)
                .withState(
                        new Endpoint.State(
                                status, now, failedInRow, failedInRow > 0 ? now : null, List.of()));
    }

    /** The endpoint where nothing is opened. */
    public Endpoint unsealed() {
        return sealedBy(
                new SecretBox(
                        SecretBox.newKey("test", new java.security.SecureRandom()),
                        new java.security.SecureRandom()));
    }
}
