package dev.ringback.dlq.terminal;

/** The exit codes of the commands. */
public final class Exit {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOTHING_MATCHED = 3;
    public static final int DIED_AGAIN = 4;
    public static final int INTERRUPTED = 130;

    private Exit() {}
}
