package dev.ringback.dlq.replay;

import dev.ringback.dlq.terminal.Terminal;

/** Shows on a terminal how far a job is, how fast it goes and how long it will take. */
final class Bar {
    private static final int CELLS = 24;
    private static final long EACH_NANOS = 250_000_000;
    private static final double NANOS = 1e9;

    private final Terminal terminal;
    private final long total;
    private final long before;
    private final long beganNanos = System.nanoTime();
    private long shownNanos = beganNanos;
    private boolean shown;
    private boolean waited;

    /** For so many, of which some are done already. */
    Bar(Terminal terminal, long total, long before) {
        this.terminal = terminal;
        this.total = total;
        this.before = before;
    }

    /** Shows how many are done, not too often. */
    void show(long done) {
        long now = System.nanoTime();
        if (terminal.interactive() && now - shownNanos >= EACH_NANOS) {
            terminal.err().print("\r" + line(done, (now - beganNanos) / NANOS) + "\u001b[K");
            terminal.err().flush();
            shownNanos = now;
            shown = true;
        }
    }

    /** Says once what it waits for. */
    void waits(String what) {
        if (!waited) {
            end();
            terminal.say("waiting: %s, and no more go before that".formatted(what));
            waited = true;
        }
    }

    private String line(long done, double seconds) {
        int full = total == 0 ? CELLS : (int) Math.min(CELLS, CELLS * done / total);
        double rate = (done - before) / seconds;
        String left = rate > 0 ? " %s left".formatted(time(Math.round((total - done) / rate))) : "";
        return "[%s%s] %d/%d %.0f/s%s"
                .formatted("#".repeat(full), "-".repeat(CELLS - full), done, total, rate, left);
    }

    /** As short as somebody wants to read it: {@code 59s}, {@code 12m05s}, {@code 3h07m}. */
    static String time(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3_600
                ? "%dm%02ds".formatted(seconds / 60, seconds % 60)
                : "%dh%02dm".formatted(seconds / 3_600, seconds / 60 % 60);
    }

    /** Makes room for what is said next. */
    void end() {
        if (shown) {
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
        }
    }
}
