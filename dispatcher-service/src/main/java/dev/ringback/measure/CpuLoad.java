package dev.ringback.measure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * The busy part of this machine's processors, or of those that the container has, in about the last
 * tenth of a second; 0 when nobody knows. Thread-safe: all who ask see the same.
 */
public final class CpuLoad implements DoubleSupplier {
    /** What the system says is of the time since it was last asked: it is not asked too often. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(90);

    private final OperatingSystemMXBean system =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private long lookedNanos = System.nanoTime();
    private double load = known(system.getCpuLoad());

    @Override
    public synchronized double getAsDouble() {
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_NANOS) {
            lookedNanos = now;
            load = known(system.getCpuLoad());
        }
        return load;
    }

    /** It may be negative, or no number. */
    private static double known(double answer) {
        return answer >= 0 ? answer : 0;
    }
}
