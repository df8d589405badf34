package dev.ringback.lane;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Lets jobs of one key run one after another, in the order they came. Thread-safe. */
final class Turns {
    private final Map<String, Queue<Runnable>> waiting = new HashMap<>();

    /** Whether the job may run now; otherwise it waits until {@link #leave} hands it out. */
    synchronized boolean enter(String key, Runnable job) {
        Queue<Runnable> queue = waiting.get(key);
        if (queue == null) {
            waiting.put(key, new ArrayDeque<>(0));
            return true;
        }
        queue.add(job);
        return false;
    }

    /** Ends a job's turn; the job whose turn it is now, if any. */
    synchronized @Nullable Runnable leave(String key) {
        Queue<Runnable> queue = waiting.get(key);
        Runnable next = queue == null ? null : queue.poll();
        if (next == null) {
            waiting.remove(key);
        }
        return next;
    }
}
