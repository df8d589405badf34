package dev.ringback.evidence;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is promised, and how it was broken.
 *
 * @param promise in words
 * @param broken a line for each time that it was
 */
public record Guarantee(String promise, List<String> broken) {
    private static final int MOST_SHOWN = 10;

    /** Copies the list. */
    public Guarantee {
        broken = List.copyOf(broken);
    }

    /** Whether it was kept. */
    public boolean held() {
        return broken.isEmpty();
    }

    /** The first lines of how it was broken, and how many more there are. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        broken.stream().limit(MOST_SHOWN).forEach(line -> lines.add(promise + ": " + line));
        if (broken.size() > MOST_SHOWN) {
            lines.add(promise + ": and " + (broken.size() - MOST_SHOWN) + " more");
        }
        return lines;
    }
}
