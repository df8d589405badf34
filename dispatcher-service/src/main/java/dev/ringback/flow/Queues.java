package dev.ringback.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one flow that wait, by lane, and the lines in which they stand: of each line one job
 * is ready or under way, and the others follow it. Not thread-safe.
 */
final class Queues {
    private final List<Deque<Job>> ready = new ArrayList<>();
    private final int[] queued;
    private final Map<String, Deque<Job>> lines = new HashMap<>();

    Queues(int lanes) {
        this.queued = new int[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            ready.add(new ArrayDeque<>(0));
        }
    }

    /** Whether nobody of the job's line is ready or under way. */
    boolean lineIsFree(Job job) {
        return !lines.containsKey(job.line);
    }

    /** A job goes without having waited. */
    void enterLine(Job job) {
        lines.computeIfAbsent(job.line, line -> new ArrayDeque<>(0));
    }

    void add(Job job) {
        queued[job.lane]++;
        Deque<Job> line = lines.get(job.line);
        if (line == null) {
            enterLine(job);
            ready.get(job.lane).add(job);
        } else {
            line.add(job);
        }
    }

    /** The next job that is ready in a lane. */
    @Nullable Job peek(int lane) {
        return ready.get(lane).peek();
    }

    /** Takes the next job that is ready in a lane. */
    Job poll(int lane) {
        queued[lane]--;
        return ready.get(lane).remove();
    }

    /** A job is done: the next of its line becomes ready. */
    void endTurn(Job job) {
        Deque<Job> line = lines.get(job.line);
        Job following = line == null ? null : line.poll();
        if (following == null) {
            lines.remove(job.line);
        } else {
            ready.get(following.lane).add(following);
        }
    }

    /** Takes out the last jobs of a lane until only so many wait; in the order they came. */
    List<Job> shed(int lane, int most) {
        List<Job> excess = new ArrayList<>();
        if (queued[lane] <= most) {
            return excess;
        }
        for (Deque<Job> line : lines.values()) {
            for (Job last = line.peekLast();
                    queued[lane] > most && last != null && last.lane == lane;
                    last = line.peekLast()) {
                excess.addFirst(line.removeLast());
                queued[lane]--;
            }
        }
        Deque<Job> first = ready.get(lane);
        while (queued[lane] > most && !first.isEmpty()) {
            Job last = first.removeLast();
            excess.addFirst(last);
            queued[lane]--;
            endTurn(last);
        }
        return excess;
    }

    int size(int lane) {
        return queued[lane];
    }

    int size() {
        int all = 0;
        for (int count : queued) {
            all += count;
        }
        return all;
    }

    /** Whether nobody waits or is under way. */
    boolean isEmpty() {
        return lines.isEmpty();
    }
}
