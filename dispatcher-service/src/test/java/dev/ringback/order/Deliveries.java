package dev.ringback.order;

import dev.ringback.schemas.DeliveryHeader;
import java.time.Instant;

/** Makes headers of deliveries. */
final class Deliveries {
    static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private Deliveries() {}

    /** The first attempt of a call's event at an endpoint. */
    static DeliveryHeader of(String endpointId, String callId, long sequence) {
        return new DeliveryHeader(
                "dlv_" + endpointId + callId + sequence,
                "evt_" + sequence,
                "call.ended",
                "call.ended",
                callId,
                "acc_1",
                endpointId,
                "standard",
                DeliveryHeader.Kind.notify,
                "application/json",
                sequence,
                START,
                1,
                START,
                null,
                null,
                null,
                null,
                new DeliveryHeader.Origin("call.events", 0, sequence),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** The same after a failed attempt, put on a rung. */
    static DeliveryHeader failed(DeliveryHeader header, Instant now, Instant due) {
        return header.retry(now, due, 503, "status 503").put(now);
    }
}
