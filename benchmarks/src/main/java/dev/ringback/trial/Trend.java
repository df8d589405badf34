package dev.ringback.trial;

import java.util.List;

/** How a value goes over time: the straight line that fits best. */
public final class Trend {
    private Trend() {}

    /** One value at one time. */
    public record Point(double seconds, double value) {}

    /** By how much the value grows in a minute; 0 when there are fewer than two points. */
    public static double perMinute(List<Point> points) {
        double time = points.stream().mapToDouble(Point::seconds).average().orElse(0);
        double value = points.stream().mapToDouble(Point::value).average().orElse(0);
        double square = 0;
        double product = 0;
        for (Point point : points) {
            square += (point.seconds() - time) * (point.seconds() - time);
            product += (point.seconds() - time) * (point.value() - value);
        }
        return square == 0 ? 0 : product / square * 60;
    }
}
