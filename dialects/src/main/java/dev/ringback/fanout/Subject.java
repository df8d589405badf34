package dev.ringback.fanout;

import dev.ringback.dialect.CallTargets;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is remembered of one call, assistant or message.
 *
 * @param accountId whose it is; events of another account are refused
 * @param sequence number of its events so far
 * @param bucket the stretch of time of its last event; only who remembers subjects cares
 * @param call the Call; null when it is not a call
 * @param targets what the call brought for its own webhooks, by dialect, secrets sealed
 */
public record Subject(
        String accountId, long sequence, long bucket, @Nullable Call call, ObjectNode targets) {
    /** The name of an event's subject among all kinds of subjects. */
    public static String nameOf(CallEvent event) {
        return event.type().subject().field().charAt(0) + event.subjectId();
    }

    /** A subject of which nothing has happened yet. */
    public static Subject first(CallEvent event) {
        boolean isCall = event.type().subject() == EventType.Subject.CALL;
        return new Subject(
                event.accountId(), 0, -1, isCall ? Call.first(event) : null, Json.object());
    }

    /** The subject after one more of its events. */
    public Subject after(CallEvent event, long inBucket) {
        long next = sequence + 1;
        return new Subject(
                accountId,
                next,
                inBucket,
                call == null ? null : call.after(event, next),
                CallTargets.after(targets, event.webhooks()));
    }

    /** What {@link #read} reads. */
    public byte[] bytes() {
        ObjectNode tree =
                Json.object()
                        .put("account_id", accountId)
                        .put("sequence", sequence)
                        .put("bucket", bucket);
        if (call != null) {
            tree.set("call", call.tree());
        }
        if (!targets.isEmpty()) {
            tree.set("targets", targets);
        }
        return Json.bytes(tree);
    }

    /** Reads what {@link #bytes} wrote. */
    public static Subject read(byte[] bytes) {
        ObjectNode tree = (ObjectNode) Json.parse(bytes);
        Call call = tree.get("call") instanceof ObjectNode fields ? Call.of(fields) : null;
        return new Subject(
                tree.get("account_id").stringValue(),
                tree.get("sequence").longValue(),
                tree.get("bucket").longValue(),
                call,
                tree.get("targets") instanceof ObjectNode targets ? targets : Json.object());
    }
}
