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
 * @param reads told of each record taken in when it was made, in milliseconds; must not block
 * @param begins told of each that begins how many nanoseconds it waited for a processor; must not
 *     block
 */
public record Lane(
        String name,
        Pattern topics,
        int slots,
        List<RightOfWay> givesWay,
        LongConsumer reads,
        LongConsumer begins) {
    /** Copies the list. */
    public Lane {
        givesWay = List.copyOf(givesWay);
    }

    /** A lane that tells nobody. */
    public Lane(String name, Pattern topics, int slots, List<RightOfWay> givesWay) {
        this(name, topics, slots, givesWay, madeMillis -> {}, waitedNanos -> {});
    }

    boolean mayBegin() {
        for (RightOfWay first : givesWay) {
            if (!first.mayBegin()) {
                return false;
            }
        }
        return true;
    }

    void takesIn(long madeMillis) {
        givesWay.forEach(RightOfWay::begins);
        reads.accept(madeMillis);
    }
}
