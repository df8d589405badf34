package dev.ringback.dlq.terminal;

/**
 * Lets Kafka's clients close in good order in a thread that was told to stop: they would complain
 * of it on the terminal, at length, when all that somebody did was to press Ctrl-C.
 */
public final class Closing {
    private Closing() {}

    /** Closes something, and has the thread know afterwards that it was told to stop. */
    public static void calmly(Runnable close) {
        boolean stopped = Thread.interrupted();
        try {
            close.run();
        } finally {
            if (stopped) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
