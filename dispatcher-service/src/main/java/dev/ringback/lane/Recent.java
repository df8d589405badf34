package dev.ringback.lane;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names of what was done last, as many as fit: enough to know a record again that an aborted
 * transaction wrote and its repetition writes once more shortly after. Thread-safe.
 */
public final class Recent {
    private final Set<String> names;

    /** Remembers at most this many names. */
    public Recent(int most) {
        this.names =
                Collections.newSetFromMap(
                        new LinkedHashMap<>() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                                return size() > most;
                            }
                        });
    }

    /** Remembers a name. */
    public synchronized void add(String name) {
        names.add(name);
    }

    /** Whether the name was among the last. */
    public synchronized boolean has(String name) {
        return names.contains(name);
    }
}
