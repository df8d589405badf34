package dev.ringback.console.web.page;

import dev.ringback.console.web.view.Doc;
import java.util.List;

/**
 * As many of something as people read on one page.
 *
 * @param end how many there are up to the last of these
 * @param left how many there are beyond
 */
public record Cut(List<Doc> items, int end, int left) {
    private static final int MOST = 200;

    /** Copies the list. */
    public Cut {
        items = List.copyOf(items);
    }

    /** Those that follow the first so many. */
    static Cut of(List<Doc> all, int from) {
        int begin = Math.min(from, all.size());
        int end = Math.min(begin + MOST, all.size());
        return new Cut(all.subList(begin, end), end, all.size() - end);
    }
}
