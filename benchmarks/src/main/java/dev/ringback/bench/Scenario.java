package dev.ringback.bench;

/** What can be measured, by the name that {@code --scenario} takes. */
enum Scenario {
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
            case hung -> new Hung(bench).run();
            case drain -> new Drain(bench).run();
            case answer -> new CallControl(bench).run();
            case replay -> new Revival(bench).run();
            case heap -> new HeapWatch(bench).run();
        };
    }
}
