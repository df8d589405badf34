package dev.ringback.answer;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Question;
import java.time.Instant;
import java.util.Optional;

/** The question that is put to the fallback when the answer URL has no answer. */
public final class Fallback {
    private Fallback() {}

    /** The same question as a delivery of its own, due at once; empty when there is no fallback. */
    public static Optional<DeliveryHeader> of(DeliveryHeader asked, Instant now) {
        Question question = asked.via() == null ? null : asked.via().question();
        return question == null || question.fallback() == null
                ? Optional.empty()
                : Optional.of(to(question.fallback(), asked, now));
    }

    private static DeliveryHeader to(Question.Fallback to, DeliveryHeader asked, Instant now) {
        return new DeliveryHeader(
                DeliveryHeader.deliveryId(asked.subjectId(), asked.eventId(), to.endpointId()),
                asked.eventId(),
                asked.eventType(),
                asked.webhookEvent(),
                asked.subjectId(),
                asked.accountId(),
                to.endpointId(),
                asked.dialect(),
                asked.kind(),
                asked.contentType(),
                asked.sequence(),
                asked.createdAt(),
                1,
                now,
                null,
                null,
                null,
                asked.replay(),
                asked.origin(),
                null,
                to.via(),
                null,
                null,
                null,
                null);
    }
}
