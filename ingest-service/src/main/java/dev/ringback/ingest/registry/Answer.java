package dev.ringback.ingest.registry;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.util.List;

/** What became of a {@link Command}, as {@code ringback-registry-answers} carries it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
sealed interface Answer {
    /** The status of a refusal because of another version. */
    int CHANGED = 412;

    /** The status of a refusal because there is nothing of that name. */
    int MISSING = 404;

    /**
     * The registry has changed.
     *
     * @param version of the endpoint after the change
     */
    @JsonTypeName("accepted")
    record Accepted(long version) implements Answer {}

    /**
     * The registry is as it was.
     *
     * @param status the HTTP status that says why
     */
    @JsonTypeName("refused")
    record Refused(int status, String detail, List<Violation> violations) implements Answer {
        /** Copies the list. */
        public Refused {
            violations = List.copyOf(violations);
        }

        /** There is no such endpoint, or not in this account. */
        static Refused missing(String endpointId) {
            return new Refused(MISSING, "there is no endpoint " + endpointId, List.of());
        }

        /** Somebody else was faster. */
        static Refused changed() {
            return new Refused(CHANGED, "it has changed since", List.of());
        }
    }

    /** The answer's JSON. */
    default byte[] bytes() {
        return Json.shared().writerFor(Answer.class).writeValueAsBytes(this);
    }

    /** Reads what {@link #bytes} wrote. */
    static Answer read(byte[] bytes) {
        return Json.read(bytes, Answer.class);
    }
}
