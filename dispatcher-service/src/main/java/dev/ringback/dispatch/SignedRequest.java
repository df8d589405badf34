package dev.ringback.dispatch;

import dev.ringback.dialect.SignatureScheme;
import dev.ringback.dialect.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One attempt as it goes out: where, with which headers and body, and how long it may take in all.
 *
 * @param shownHeaders the headers as the log may show them: the endpoint's own values and
 *     signatures masked
 */
record SignedRequest(
        String url,
        Map<String, String> headers,
        Map<String, String> shownHeaders,
        byte[] body,
        Duration timeout) {
    private static final String MASK = "***";

    /** Shows no header's value. */
    @Override
    public String toString() {
        return "POST " + url;
    }

    private static final String SIGNATURE = "{signature}";

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
                target.endpoint().url(),
                headers,
                shown,
                delivery.body(),
                target.policy().timeout());
    }
}
