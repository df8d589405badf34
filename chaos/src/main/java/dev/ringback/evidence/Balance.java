package dev.ringback.evidence;

import java.util.ArrayList;
import java.util.List;

/**
 * The ledger's sums, each from a source of its own.
 *
 * @param offered events that were made
 * @param accepted events that were answered 202 or acknowledged by Kafka
 * @param dropped events that routing did not take
 * @param asked deliveries that the subscribers asked for
 * @param delivered ids that receivers answered with 2xx
 * @param dead ids in the topic of the dead
 * @param open ids of records that no dispatcher has committed, and that are neither
 */
record Balance(
        long offered,
        long accepted,
        long dropped,
        long asked,
        long delivered,
        long dead,
        long open) {
    /** Nothing is missing, and nothing is in two places. */
    Guarantee closed() {
        List<String> wrong = new ArrayList<>();
        if (accepted != offered) {
            wrong.add(accepted + " of " + offered + " events accepted");
        }
        if (dropped > 0) {
            wrong.add(dropped + " good events dropped by routing");
        }
        if (delivered + dead + open != asked) {
            wrong.add(asked + " asked for, not " + delivered + " + " + dead + " + " + open);
        }
        return new Guarantee("the ledger closes", wrong);
    }
}
