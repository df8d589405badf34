package dev.ringback.processes;

import dev.ringback.runtime.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Three brokers, three dispatchers and ingest, all on this machine, all in one folder. Closing it
 * kills them.
 */
public final class Installation implements AutoCloseable {
    private final Children children;
    private final Cluster cluster;
    private final Fleet fleet;

    /**
     * An installation that {@link #cluster} and {@link #fleet} start.
     *
     * @param folder for data and logs
     * @param settings of the services, beyond what makes them find each other
     */
    public Installation(Path folder, Map<String, String> settings, RandomGenerator random) {
        Ports ports = new Ports(random);
        this.children = new Children(folder.toAbsolutePath());
        this.cluster = new Cluster(children, ports);
        Map<String, String> all = new HashMap<>(settings);
        all.put(Setting.KAFKA.name(), cluster.bootstrapServers());
        this.fleet = new Fleet(children, ports, all);
    }

    /** The brokers. */
    public Cluster cluster() {
        return cluster;
    }

    /** The services. */
    public Fleet fleet() {
        return fleet;
    }

    /** What went wrong with processes that nobody ended. */
    public List<String> troubles() {
        return children.troubles();
    }

    @Override
    public void close() {
        children.close();
        cluster.close();
    }

    /** Deletes what an installation that is closed has left in its folder. */
    public static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
