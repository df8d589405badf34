package dev.ringback.dispatch;

import dev.ringback.dialect.Signer;
import dev.ringback.measure.Traces;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.send.SignedRequest;
import dev.ringback.send.WireUrl;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes of a delivery what goes out: its headers, signed at a time. */
final class Signing {
    private static final String MASK = "***";
    private static final String SIGNATURE = "{signature}";
    private static final String GET = "GET";
    private static final byte[] NO_BODY = {};

    private Signing() {}

    /**
     * Signs a delivery at a time. The endpoint's own headers come first, then the system's.
     *
     * @throws IllegalArgumentException when it should be signed, and no secret there is does
     */
    static SignedRequest sign(Delivery delivery, Target target, Instant at, String userAgent) {
        DeliveryHeader.Via via = delivery.header().via();
        if (via != null && GET.equals(via.method())) {
            String fields = new String(delivery.body(), StandardCharsets.UTF_8);
            WireUrl url = WireUrl.of(target.endpoint().url(), fields);
            byte[] query = url.query().getBytes(StandardCharsets.UTF_8);
            Map<String, String> system = system(delivery, target, at, userAgent, query);
            return request(GET, url.url(), NO_BODY, system, target);
        }
        Map<String, String> system = new LinkedHashMap<>();
        system.put("Content-Type", delivery.header().contentType());
        system.putAll(system(delivery, target, at, userAgent, delivery.body()));
        return request("POST", target.endpoint().url(), delivery.body(), system, target);
    }

    private static Map<String, String> system(
            Delivery delivery, Target target, Instant at, String userAgent, byte[] signed) {
        DeliveryHeader header = delivery.header();
        Map<String, String> system = new LinkedHashMap<>();
        system.put("User-Agent", userAgent);
        system.put("Ringback-Delivery", header.deliveryId());
        system.put("Ringback-Attempt", Integer.toString(header.attempt()));
        List<String> secrets = target.liveSecrets(at);
        Map<String, String> signature =
                Signer.sign(
                        target.scheme(),
                        header.deliveryId(),
                        header.webhookEvent(),
                        at,
                        signed,
                        secrets);
        boolean ofCall = header.via() != null && header.via().url() != null;
        boolean mustSign = !secrets.isEmpty() || (target.dialect().alwaysSigns() && !ofCall);
        if (mustSign && !isSigned(signature, target.scheme())) {
            throw new IllegalArgumentException("no secret signs");
        }
        system.putAll(signature);
        Traces.of(delivery.record().headers()).ifPresent(trace -> trace.each(system::putIfAbsent));
        return system;
    }

    /** Whether every header that carries a signature is there. */
    private static boolean isSigned(Map<String, String> signature, SignatureScheme scheme) {
        return scheme.headers().entrySet().stream()
                .allMatch(
                        header ->
                                !header.getValue().contains(SIGNATURE)
                                        || signature.containsKey(header.getKey()));
    }

    private static SignedRequest request(
            String method, String url, byte[] body, Map<String, String> system, Target target) {
        SignatureScheme scheme = target.scheme();
        Map<String, String> headers = new LinkedHashMap<>();
        Map<String, String> shown = new LinkedHashMap<>();
        target.headers()
                .forEach(
                        (name, value) -> {
                            if (system.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
                                headers.put(name, value);
                                shown.put(name.toLowerCase(Locale.ROOT), MASK);
                            }
                        });
        system.forEach(
                (name, value) -> {
                    boolean secret = scheme.headers().getOrDefault(name, "").contains(SIGNATURE);
                    headers.put(name, value);
                    shown.put(name.toLowerCase(Locale.ROOT), secret ? MASK : value);
                });
        return new SignedRequest(method, url, headers, shown, body, target.policy().timeout());
    }
}
