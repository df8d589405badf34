package dev.ringback.dispatch;

import dev.ringback.runtime.Lifecycle;
import java.time.Clock;

/** Starts the dispatcher as a process of its own. */
public final class Main {
    private Main() {}

    /** Runs until the process is told to stop. */
    public static void main(String[] arguments) {
        Lifecycle.run(
                arguments,
                System.getenv(),
                settings -> new DispatcherService(settings, Clock.systemUTC()));
    }
}
