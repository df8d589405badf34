package dev.ringback.chaos;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Jobs that run at the same time, each on a thread of its own. */
final class Together {
    private final List<CompletableFuture<Void>> jobs = new ArrayList<>();

    private Together() {}

    static Together start(String name, List<? extends Runnable> jobs) {
        Together together = new Together();
        for (int i = 0; i < jobs.size(); i++) {
            Thread.Builder thread = Thread.ofPlatform().daemon().name(name + "-" + i);
            together.jobs.add(CompletableFuture.runAsync(jobs.get(i), thread::start));
        }
        return together;
    }

    /** Waits for all; throws what one of them threw. */
    void join() {
        try {
            jobs.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Pace.Stopped stopped) {
                throw stopped;
            }
            throw new IllegalStateException("the run cannot go on", e.getCause());
        }
    }

    /** Another one, as long as a job runs. */
    <T> Iterator<T> whileRunning(Supplier<T> next) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return jobs.stream().anyMatch(job -> !job.isDone());
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return next.get();
            }
        };
    }
}
