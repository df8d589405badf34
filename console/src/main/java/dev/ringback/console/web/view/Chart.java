package dev.ringback.console.web.view;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Attempts over time, as stacked columns in an SVG of {@value #WIDTH} by {@value #HEIGHT}.
 *
 * @param most the value that the highest grid line stands for
 * @param text what it shows, for those who do not see it
 */
public record Chart(
        List<Column> columns, List<Mark> lines, List<Mark> times, long most, String text) {
    /** How wide the picture is. */
    public static final int WIDTH = 720;

    /** How high it is. */
    public static final int HEIGHT = 200;

    private static final int LEFT = 44;
    private static final int TOP = 8;
    private static final int BOTTOM = 22;
    private static final int TIMES = 6;

    /** One piece of a column. */
    public record Column(double x, double y, double width, double height, String fill) {}

    /** A label, and where it stands. */
    public record Mark(double at, String label) {}

    /** Copies the lists. */
    public Chart {
        columns = List.copyOf(columns);
        lines = List.copyOf(lines);
        times = List.copyOf(times);
    }

    /** Draws points, as the read side has them, from left to right. */
    public static Chart of(List<Doc> points) {
        long highest = points.stream().mapToLong(Chart::all).max().orElse(0);
        long most = niceTop(highest);
        List<Column> columns = new ArrayList<>();
        double slot = (WIDTH - LEFT) / (double) Math.max(1, points.size());
        for (int i = 0; i < points.size(); i++) {
            stack(columns, points.get(i), LEFT + i * slot, slot, most);
        }
        return new Chart(columns, lines(most), times(points, slot), most, text(points));
    }

    /** Whether there is anything to see. */
    public boolean isEmpty() {
        return columns.isEmpty();
    }

    /** Where the picture begins, right of its labels. */
    public int left() {
        return LEFT;
    }

    private static long all(Doc point) {
        return point.number("delivered") + failed(point);
    }

    private static long failed(Doc point) {
        return point.number("failed") + point.number("dead");
    }

    private static void stack(List<Column> into, Doc point, double x, double slot, long most) {
        double gap = Math.min(2.5, slot * 0.22);
        double scale = (HEIGHT - TOP - BOTTOM) / (double) most;
        double good = point.number("delivered") * scale;
        double bad = failed(point) * scale;
        double floor = HEIGHT - BOTTOM;
        if (good > 0) {
            into.add(new Column(x + gap / 2, floor - good, slot - gap, good, "fill-good"));
        }
        if (bad > 0) {
            double height = Math.max(bad, 1.5);
            into.add(
                    new Column(x + gap / 2, floor - good - height, slot - gap, height, "fill-bad"));
        }
    }

    private static List<Mark> lines(long most) {
        return IntStream.rangeClosed(0, 2)
                .mapToObj(
                        i ->
                                new Mark(
                                        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * i / 2.0,
                                        Words.number(most * i / 2)))
                .toList();
    }

    private static List<Mark> times(List<Doc> points, double slot) {
        int every = Math.max(1, points.size() / TIMES);
        List<Mark> times = new ArrayList<>();
        for (int i = every / 2; i < points.size(); i += every) {
            double at = LEFT + (i + 0.5) * slot;
            points.get(i).time("at").map(Words::minute).ifPresent(t -> times.add(new Mark(at, t)));
        }
        return times;
    }

    private static String text(List<Doc> points) {
        long delivered = points.stream().mapToLong(point -> point.number("delivered")).sum();
        long failed = points.stream().mapToLong(Chart::failed).sum();
        String span =
                points.isEmpty()
                        ? ""
                        : " between %s and %s UTC"
                                .formatted(time(points.getFirst()), time(points.getLast()));
        return "%s and %s%s"
                .formatted(
                        Words.count(delivered, "attempt delivered", "attempts delivered"),
                        Words.number(failed) + " failed",
                        span);
    }

    private static String time(Doc point) {
        return point.time("at").map(Words::minute).orElse(Instant.EPOCH.toString());
    }

    /** The next even 1, 2 or 5 with zeros, so that the middle line has a whole number. */
    private static long niceTop(long highest) {
        for (long unit = 2; ; unit *= 10) {
            for (long times : new long[] {1, 2, 5}) {
                if (unit * times >= highest) {
                    return unit * times;
                }
            }
        }
    }
}
