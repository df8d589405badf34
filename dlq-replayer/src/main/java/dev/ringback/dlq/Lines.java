package dev.ringback.dlq;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.schemas.Json;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** How several commands write the same things. */
final class Lines {
    private Lines() {}

    /** A dead delivery as JSON: its header, where it is, and whether it was replayed since. */
    static ObjectNode json(DeadRecord.Delivery dead) {
        ObjectNode line = Json.tree(dead.header());
        if (line.get("via") instanceof ObjectNode via) {
            // Sealed or not, what a call's secrets are is nobody's business here.
            via.remove("secrets");
        }
        line.put("died_at", dead.diedAt().toString());
        line.put("replayed", dead.replayed());
        line.put("replays", dead.replays());
        return placed(line, dead.place());
    }

    /** A record that cannot be understood, as JSON. */
    static ObjectNode json(DeadRecord.Unreadable bad) {
        return placed(Json.object().put("unreadable", bad.problem()), bad.place());
    }

    private static ObjectNode placed(ObjectNode line, DeadRecord.Place place) {
        return line.put("partition", place.partition()).put("offset", place.offset());
    }

    /** How long ago, in one figure: a table is for the eye, JSON has the time. */
    static String age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.toMinutes() < 1) {
            return Math.max(0, age.toSeconds()) + "s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + "m";
        }
        return age.toDays() < 1 ? age.toHours() + "h" : age.toDays() + "d";
    }

    /** {@code 1 unreadable record}, {@code 2 unreadable records}. */
    static String unreadable(long count) {
        return count + (count == 1 ? " unreadable record" : " unreadable records");
    }
}
