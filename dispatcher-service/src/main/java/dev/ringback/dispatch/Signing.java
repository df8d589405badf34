package dev.ringback.dispatch;

import dev.ringback.dialect.Signer;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.send.SignedRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Makes of a delivery what goes out: its headers, signed at a time. */
final class Signing {
    private static final String MASK = "***";
    private static final String SIGNATURE = "{signature}";

    private Signing() {}

    /** Signs a delivery at a time. The endpoint's own headers come first, then the system's. */
    static SignedRequest sign(Delivery delivery, Target target, Instant at, String userAgent) {
        SignatureScheme scheme = target.dialect().signature();
        Map<String, String> system = new LinkedHashMap<>();
        system.put("Content-Type", delivery.header().contentType());
        system.put("User-Agent", userAgent);
        system.put("Ringback-Delivery", delivery.header().deliveryId());
        system.put("Ringback-Attempt", Integer.toString(delivery.header().attempt()));
        system.putAll(
                Signer.sign(
                        scheme,
                        delivery.header().deliveryId(),
                        delivery.header().webhookEvent(),
                        at,
                        delivery.body(),
                        target.liveSecrets(at)));
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
        return new SignedRequest(
                "POST",
                target.endpoint().url(),
                headers,
                shown,
                delivery.body(),
                target.policy().timeout());
    }
}
