package dev.ringback.voxml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a VoxML document turned out to be.
 *
 * @param errors what makes it invalid; none: it is valid
 * @param warnings what it may say and has no effect
 * @param document the whole of it; null when it is not valid
 */
public record Report(List<Finding> errors, List<Finding> warnings, @Nullable ObjectNode document) {
    /** Copies the lists. */
    public Report {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** Whether a platform can follow it. */
    public boolean valid() {
        return errors.isEmpty();
    }

    static Report unreadable(String reason, int line, int column) {
        return new Report(List.of(new Finding("", reason, line, column)), List.of(), null);
    }
}
