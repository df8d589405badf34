package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.schemas.Reason;

/** Which of the dead deliveries that a filter means are replayed. */
enum Choice {
    meant,
    /** Replayed since it died. */
    replayed,
    /** What dies again each time it is replayed is not sent round for ever. */
    tooOften,
    /** Its body was not kept. */
    tooLarge,
    /** It asks what a call does next, and the call is over. */
    over,
    /** It died after those that are enough. */
    tooLate;

    static Choice of(DeadRecord.Delivery dead, Job.Asked asked, Questions questions) {
        if (dead.header().reason() == Reason.too_large) {
            return tooLarge;
        }
        if (dead.replayed() && !asked.again()) {
            return replayed;
        }
        if (dead.replays() >= asked.maxReplays()) {
            return tooOften;
        }
        if (questions.areOver(dead)) {
            return over;
        }
        return asked.upTo() != null && death(dead).compareTo(asked.upTo()) > 0 ? tooLate : meant;
    }

    /** Where it stands among the dead. */
    static Job.Death death(DeadRecord.Delivery dead) {
        return new Job.Death(dead.diedAt(), dead.place().partition(), dead.place().offset());
    }
}
