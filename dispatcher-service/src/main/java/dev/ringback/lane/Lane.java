package dev.ringback.lane;

import dev.ringback.flow.RightOfWay;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Topics whose records share a budget, so that no other topics' records can take it from them.
 *
 * @param name for metrics and messages
 * @param slots requests under way at once
 * @param givesWay to whom; a record begins when all of them let it
 * @param begins told of each record that begins when it was made, in milliseconds; must not block
 */
public record Lane(
        String name, Pattern topics, int slots, List<RightOfWay> givesWay, LongConsumer begins) {
    /** Copies the list. */
    public Lane {
        givesWay = List.copyOf(givesWay);
    }

    /** A lane that gives way to nobody and tells nobody. */
    public Lane(String name, Pattern topics, int slots) {
        this(name, topics, slots, List.of(), madeMillis -> {});
    }

    boolean mayBegin() {
        return givesWay.stream().allMatch(RightOfWay::mayBegin);
    }

    void begins(long madeMillis) {
        givesWay.forEach(RightOfWay::begins);
        begins.accept(madeMillis);
    }
}
