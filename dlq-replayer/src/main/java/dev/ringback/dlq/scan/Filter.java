package dev.ringback.dlq.scan;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which dead deliveries are meant; what is empty says nothing.
 *
 * @param call the subject id: of a call, an assistant or a message
 * @param since it died then or later
 * @param until it died before
 */
public record Filter(
        Optional<String> endpoint,
        Optional<String> account,
        Optional<String> call,
        Optional<String> eventType,
        Optional<Reason> reason,
        Optional<Status> status,
        Optional<String> delivery,
        Optional<Instant> since,
        Optional<Instant> until) {

    /** Means every dead delivery. */
    public static final Filter ALL =
            new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

    /**
     * A delivery died by its dispatcher's clock and was kept by the broker's; a scan begins this
     * much earlier so that no difference between them hides one.
     */
    public static final Duration CLOCKS_APART = Duration.ofMinutes(10);

    /** The HTTP status of the last attempt, as a filter. */
    public sealed interface Status {
        /** Exactly this one. */
        record Exactly(int code) implements Status {}

        /** Any of a class: 5 for 500 to 599. */
        record OfClass(int hundreds) implements Status {}

        /** There was no answer, or no attempt. */
        record None() implements Status {}

        /** What is said, if it is a status. */
        static Optional<Status> of(String text) {
            if (text.equals("none")) {
                return Optional.of(new None());
            }
            if (text.matches("[1-5]xx")) {
                return Optional.of(new OfClass(text.charAt(0) - '0'));
            }
            return text.matches("[1-5]\\d\\d")
                    ? Optional.of(new Exactly(Integer.parseInt(text)))
                    : Optional.empty();
        }

        /** As it is said. */
        default String text() {
            return switch (this) {
                case Exactly(int code) -> Integer.toString(code);
                case OfClass(int hundreds) -> hundreds + "xx";
                case None none -> "none";
            };
        }
    }

    /** What is said, by the names of the options. */
    public Map<String, String> said() {
        Map<String, String> said = new TreeMap<>();
        endpoint.ifPresent(value -> said.put("endpoint", value));
        account.ifPresent(value -> said.put("account", value));
        call.ifPresent(value -> said.put("call", value));
        eventType.ifPresent(value -> said.put("event-type", value));
        reason.ifPresent(value -> said.put("reason", value.name()));
        status.ifPresent(value -> said.put("status", value.text()));
        delivery.ifPresent(value -> said.put("delivery", value));
        since.ifPresent(value -> said.put("since", value.toString()));
        until.ifPresent(value -> said.put("until", value.toString()));
        return said;
    }

    /** What {@link #said} said. */
    public static Filter of(Map<String, String> said) {
        return new Filter(
                Optional.ofNullable(said.get("endpoint")),
                Optional.ofNullable(said.get("account")),
                Optional.ofNullable(said.get("call")),
                Optional.ofNullable(said.get("event-type")),
                Optional.ofNullable(said.get("reason")).map(Reason::valueOf),
                Optional.ofNullable(said.get("status")).flatMap(Status::of),
                Optional.ofNullable(said.get("delivery")),
                Optional.ofNullable(said.get("since")).map(Instant::parse),
                Optional.ofNullable(said.get("until")).map(Instant::parse));
    }

    /** Means one delivery. */
    public static Filter delivery(String id) {
        return new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(id),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether this dead delivery is meant. */
    public boolean matches(DeadRecord.Delivery dead) {
        DeliveryHeader header = dead.header();
        return is(endpoint, header.endpointId())
                && is(account, header.accountId())
                && is(call, header.subjectId())
                && is(eventType, header.eventType())
                && is(delivery, header.deliveryId())
                && reason.map(wanted -> wanted == header.reason()).orElse(true)
                && status.map(wanted -> is(wanted, header)).orElse(true)
                && inTime(dead.diedAt());
    }

    /** Whether it died within the time that is meant. */
    public boolean inTime(Instant died) {
        return since.map(from -> !died.isBefore(from)).orElse(true)
                && until.map(died::isBefore).orElse(true);
    }

    /** Whether it means deliveries by anything but the time of their death. */
    public boolean looksInside() {
        return endpoint.isPresent()
                || account.isPresent()
                || call.isPresent()
                || eventType.isPresent()
                || reason.isPresent()
                || status.isPresent()
                || delivery.isPresent();
    }

    /** Whether it leaves nothing out. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** No record kept before this can be meant. */
    public Optional<Instant> scanFrom() {
        return since.map(from -> from.minus(CLOCKS_APART));
    }

    /** The key of every delivery that is meant, where there is but one. */
    Optional<String> key() {
        return endpoint.flatMap(to -> call.map(subject -> to + ":" + subject));
    }

    private static boolean is(Optional<String> wanted, String actual) {
        return wanted.isEmpty() || wanted.get().equals(actual);
    }

    private static boolean is(Status wanted, DeliveryHeader header) {
        Integer last = header.lastStatus();
        return switch (wanted) {
            case Status.None none -> last == null;
            case Status.Exactly(int code) -> last != null && last == code;
            case Status.OfClass(int hundreds) -> last != null && last / 100 == hundreds;
        };
    }
}
