package dev.ringback.ingest.api;

import dev.ringback.ingest.request.Fields;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.util.List;

/** How an endpoint wants to be treated, as somebody asks for it; what is left open is null. */
final class PolicyForm {
    private static final List<String> POLICY_FIELDS =
            List.of("timeout", "schedule", "max_in_flight", "rate", "ordered", "max_age");
    private static final int MAX_ENTRIES = 50;
    private static final int MAX_IN_FLIGHT = 1_000;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MOST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration MOST_WAIT = Duration.ofDays(7);
    private static final Duration MOST_AGE = Duration.ofDays(30);

    private PolicyForm() {}

    /** Reads a policy, within what can be kept. */
    static Policy read(Fields fields) {
        fields.only(POLICY_FIELDS);
        Fields waits = fields.list("schedule", 0, MAX_ENTRIES);
        List<Duration> schedule = waits.each(index -> waits.duration(index, LEAST, MOST_WAIT));
        return new Policy(
                fields.duration("timeout", LEAST_TIMEOUT, MOST_TIMEOUT).orElse(null),
                fields.has("schedule") ? schedule : null,
                fields.number("max_in_flight", 1, MAX_IN_FLIGHT).orElse(null),
                fields.parsed("rate", PolicyForm::rate).orElse(null),
                fields.flag("ordered").orElse(null),
                fields.duration("max_age", LEAST, MOST_AGE).orElse(null));
    }

    private static String rate(String text) {
        double perSecond = Units.perSecond(text);
        if (perSecond <= 0) {
            throw new IllegalArgumentException("is not above zero");
        }
        return text;
    }
}
