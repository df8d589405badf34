package dev.ringback.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void close_stopsInReverseAndPastAPartThatFails() {
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.start(part("a", false));
        lifecycle.start(part("b", true));
        lifecycle.closing(() -> log.add("close c"));
        lifecycle.close();
        lifecycle.close();
        assertThat(log).containsExactly("start a", "start b", "close c", "stop b", "stop a");
    }

    private Lifecycle.Part part(String name, boolean fails) {
        return new Lifecycle.Part() {
            @Override
            public void start() {
                log.add("start " + name);
            }

            @Override
            public void stop() {
                log.add("stop " + name);
                if (fails) {
                    throw new IllegalStateException("does not stop cleanly");
                }
            }
        };
    }
}
