package dev.ringback.trial;

/** Sends the events of a run, numbered from 0. */
public interface Load extends AutoCloseable {
    /** Begins with the first event; returns at once. */
    void start();

    /** When the first event was due, by {@link System#nanoTime}. */
    long startNanos();

    /** How many events have been sent so far. */
    int sent();

    /** How many events have been confirmed so far. */
    int accepted();

    /** Sends nothing more. */
    void stop();

    /**
     * Returns when all has been sent, or {@link #stop} was called, and all of it is confirmed.
     *
     * @throws IllegalStateException when some of it was refused
     */
    void finish();

    @Override
    void close();
}
