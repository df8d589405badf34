package dev.ringback.bench;

import dev.ringback.scenario.CallControl;
import dev.ringback.scenario.Catchup;
import dev.ringback.scenario.Drain;
import dev.ringback.scenario.HeapWatch;
import dev.ringback.scenario.Hung;
import dev.ringback.scenario.Revival;
import dev.ringback.scenario.Steady;
import dev.ringback.scenario.WholePath;
import dev.ringback.trial.Bench;
import dev.ringback.trial.Report;

/** What can be measured, by the name that {@code --scenario} takes. */
enum Scenario {
    /** How fast a backlog is delivered. */
    backlog,
    /** How fast events go from their POST to their receivers. */
    path,
    /** How long they take at a steady rate. */
    steady,
    /** Healthy endpoints beside hanging ones. */
    hung,
    /** A receiver that was down comes back. */
    drain,
    /** What a call does next, beside a backlog of notices. */
    answer,
    /** Dead deliveries live again, beside a backlog's rate and beside live traffic. */
    replay,
    /** The dispatcher's memory with a large backlog. */
    heap;

    /** Measures it. */
    Report run(Bench bench) {
        return switch (this) {
            case backlog -> new Catchup(bench).run();
            case path -> new WholePath(bench).run();
            case steady -> new Steady(bench).run();
            case hung -> new Hung(bench).run();
            case drain -> new Drain(bench).run();
            case answer -> new CallControl(bench).run();
            case replay -> new Revival(bench).run();
            case heap -> new HeapWatch(bench).run();
        };
    }
}
