package dev.ringback.rig;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process has used so far.
 *
 * @param cpu processor time of all its threads
 * @param peakRssBytes the most memory it ever had; 0 where the system does not say
 * @param collections of its garbage collector, in order
 */
public record Usage(Duration cpu, long peakRssBytes, List<Collection> collections) {
    private static final Pattern PAUSE =
            Pattern.compile(
                    "\\[(\\d+\\.\\d+)s].* (Pause .*) (\\d+)M->(\\d+)M\\((\\d+)M\\) (\\d+\\.\\d+)ms");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern COMPILER = Pattern.compile("C[12] Comp");
    private static final long MILLIS_PER_TICK = 10;
    private static final int KIB = 1024;
    private static final String ON_DEMAND = "Diagnostic Command";

    /** Copies the list. */
    public Usage {
        collections = List.copyOf(collections);
    }

    /**
     * One pause of the garbage collector.
     *
     * @param atSeconds since the process started
     * @param kind as the collector names it
     * @param afterMib heap in use when it was over
     */
    public record Collection(double atSeconds, String kind, int afterMib, double pauseMs) {
        /** Whether it left nothing but what is in use. */
        boolean isFull() {
            return kind.startsWith("Pause Full");
        }
    }

    static Usage of(Process process, Path gcLog) {
        try {
            return new Usage(
                    process.info().totalCpuDuration().orElse(Duration.ZERO),
                    peak(process.pid()),
                    parse(Files.readAllLines(gcLog)));
        } catch (IOException e) {
            return new Usage(Duration.ZERO, 0, List.of());
        }
    }

    private static long peak(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        Matcher matcher = PEAK.matcher(Files.readString(status));
        return matcher.find() ? Long.parseLong(matcher.group(1)) * KIB : 0;
    }

    /** What a process's compiler threads have used; zero where there is no {@code /proc}. */
    static Duration compiling(Process process) {
        Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
        long ticks = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if (COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt()) {
                    ticks += ticks(Files.readString(thread.resolve("stat")));
                }
            }
        } catch (IOException e) {
            // The process has ended, or this is no Linux.
            return Duration.ZERO;
        }
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /** User and system time, fields 14 and 15 of proc(5). */
    private static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    /** Reads what {@code -Xlog:gc} wrote. */
    static List<Collection> parse(List<String> lines) {
        return lines.stream()
                .map(PAUSE::matcher)
                .filter(Matcher::find)
                .map(
                        m ->
                                new Collection(
                                        Double.parseDouble(m.group(1)),
                                        m.group(2),
                                        Integer.parseInt(m.group(4)),
                                        Double.parseDouble(m.group(6))))
                .toList();
    }

    /** The processor time since then; memory and collections are of the whole time. */
    public Usage since(Usage before) {
        return new Usage(cpu.minus(before.cpu), peakRssBytes, collections);
    }

    /** The most memory it ever had, in MiB. */
    public int peakRssMib() {
        return (int) (peakRssBytes >> 20);
    }

    /** The longest pause, in milliseconds. */
    public double longestPauseMs() {
        return collections.stream().mapToDouble(Collection::pauseMs).max().orElse(0);
    }

    /** The collections that nobody asked for. */
    public List<Collection> ofItsOwn() {
        return collections.stream().filter(c -> !c.kind().contains(ON_DEMAND)).toList();
    }

    /** What the last full collection left, in MiB; 0 when there was none. */
    public int liveMib() {
        return collections.stream()
                .filter(Collection::isFull)
                .reduce((first, second) -> second)
                .map(Collection::afterMib)
                .orElse(0);
    }
}
