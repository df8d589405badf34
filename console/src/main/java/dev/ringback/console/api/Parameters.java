package dev.ringback.console.api;

import dev.ringback.console.read.CallQuery;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Units;
import dev.ringback.schemas.Violation;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query of a request. A name that means nothing is refused: it may be a filter misspelt. */
final class Parameters {
    private static final int USUAL_LIMIT = 50;

    private final Context ctx;
    private final Clock clock;

    Parameters(Context ctx, Clock clock, String... known) {
        this.ctx = ctx;
        this.clock = clock;
        Set<String> names = Set.of(known);
        for (String name : ctx.queryParamMap().keySet()) {
            if (!names.contains(name)) {
                throw wrong(name, "is no parameter of this route");
            }
        }
    }

    /** What is said; null when nothing is. */
    @Nullable String text(String name) {
        String text = ctx.queryParam(name);
        return text == null || text.isEmpty() ? null : text;
    }

    int limit() {
        String text = text("limit");
        if (text == null) {
            return USUAL_LIMIT;
        }
        if (!text.matches("\\d{1,4}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > CallQuery.MOST) {
            throw wrong("limit", "is not from 1 to " + CallQuery.MOST);
        }
        return Integer.parseInt(text);
    }

    @Nullable Instant time(String name) {
        String text = text(name);
        return text == null ? null : time(name, text, clock);
    }

    @Nullable Duration duration(String name) {
        String text = text(name);
        try {
            return text == null ? null : Units.duration(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, String.valueOf(e.getMessage()));
        }
    }

    /** A time such as 2026-11-23T09:00:00Z, or one ago such as 2h. */
    static Instant time(String name, String text, Clock clock) {
        try {
            return text.contains("T") || text.contains("t")
                    ? OffsetDateTime.parse(text).toInstant()
                    : clock.instant().minus(Units.duration(text));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw wrong(
                    name, "is neither a time such as 2026-11-23T09:00:00Z nor one ago such as 2h");
        }
    }

    static Problem wrong(String name, String why) {
        return Problem.invalid(List.of(new Violation("/" + name, why)));
    }
}
