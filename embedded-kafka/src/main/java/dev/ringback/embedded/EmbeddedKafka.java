package dev.ringback.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node, broker and controller in one, that keeps its data in a folder: the same broker as
 * in production, started in-process. The folder survives; a start on an old one goes on where it
 * stopped. Not thread-safe.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String CONTROLLER_PORT_FILE = "controller.port";
    private static final String CLUSTER_ID_FILE = "cluster.id";

    private final Path folder;
    private final int port;
    private final @Nullable Quorum quorum;
    private final Map<String, String> more = new HashMap<>();
    private @Nullable KafkaRaftServer server;

    /**
     * A node's place among several on this machine.
     *
     * @param id its own number, from 1
     * @param clusterId the same for all of them
     * @param controllerPorts of node 1, 2, …
     */
    public record Quorum(int id, String clusterId, List<Integer> controllerPorts) {
        /** The most copies of a partition that are worth having. */
        private static final int MOST_COPIES = 3;

        /** Copies the list, and checks that it has this node. */
        public Quorum {
            controllerPorts = List.copyOf(controllerPorts);
            if (id < 1 || id > controllerPorts.size()) {
                throw new IllegalArgumentException("node " + id + " of " + controllerPorts.size());
            }
        }

        /** An id for a new cluster. */
        public static String newClusterId() {
            return Uuid.randomUuid().toString();
        }

        private int controllerPort() {
            return controllerPorts.get(id - 1);
        }

        private String voters() {
            return IntStream.range(0, controllerPorts.size())
                    .mapToObj(i -> (i + 1) + "@" + HOST + ":" + controllerPorts.get(i))
                    .collect(Collectors.joining(","));
        }

        private int copies() {
            return Math.min(MOST_COPIES, controllerPorts.size());
        }
    }

    /**
     * A broker that {@link #start} starts.
     *
     * @param folder where its data is kept; made when missing
     * @param port where clients connect, on 127.0.0.1
     */
    public EmbeddedKafka(Path folder, int port) {
        this(folder, port, null);
    }

    /** One of several nodes; the rest as above. */
    public EmbeddedKafka(Path folder, int port, @Nullable Quorum quorum) {
        this.folder = folder;
        this.port = port;
        this.quorum = quorum;
    }

    /** The same broker, which is not started yet, with more properties of Kafka's own. */
    public EmbeddedKafka with(Map<String, String> properties) {
        more.putAll(properties);
        return this;
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }

    /** Whether something listens on this port of 127.0.0.1 already. */
    public static boolean isTaken(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** Starts the broker; returns when it takes requests. */
    public void start() {
        try {
            Files.createDirectories(folder);
            Quorum mine = quorum == null ? alone() : quorum;
            Properties properties = properties(mine);
            format(properties, mine.clusterId());
            server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + folder + " for Kafka's data", e);
        }
    }

    /** Stops the broker in good order; it may be started again. */
    @Override
    public void close() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    private Quorum alone() throws IOException {
        Path idFile = folder.resolve(CLUSTER_ID_FILE);
        if (Files.notExists(idFile)) {
            Files.writeString(idFile, Quorum.newClusterId());
        }
        return new Quorum(1, Files.readString(idFile).strip(), List.of(controllerPort()));
    }

    /** The controller's port is any free one, kept with the data, because the quorum names it. */
    private int controllerPort() throws IOException {
        Path file = folder.resolve(CONTROLLER_PORT_FILE);
        if (Files.exists(file)) {
            int known = Integer.parseInt(Files.readString(file).strip());
            if (!isTaken(known)) {
                return known;
            }
        }
        int free = freePort();
        Files.writeString(file, Integer.toString(free));
        return free;
    }

    private void format(Properties properties, String clusterId) throws IOException {
        Path log = folder.resolve("log");
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        Path configFile = folder.resolve("server.properties");
        try (OutputStream out = Files.newOutputStream(configFile)) {
            properties.store(out, null);
        }
        String[] arguments = {"format", "-t", clusterId, "-c", configFile.toString()};
        PrintStream silent =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        int code = StorageTool.execute(arguments, silent);
        if (code != 0) {
            throw new IOException("formatting " + log + " failed with code " + code);
        }
    }

    /**
     * A node for one machine. The short session lets a node that was killed come back in seconds,
     * and the longer one of several nodes lets them share few cores; the internal topics are few
     * and small; writes reach the disk when the system flushes.
     */
    private Properties properties(Quorum node) {
        String controller = HOST + ":" + node.controllerPort();
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(node.id()));
        p.put("controller.quorum.voters", node.voters());
        p.put("listeners", "PLAINTEXT://" + bootstrapServers() + ",CONTROLLER://" + controller);
        p.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers());
        p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("controller.listener.names", "CONTROLLER");
        p.put("log.dirs", folder.resolve("log").toString());
        p.put("auto.create.topics.enable", "false");
        p.put("broker.session.timeout.ms", node.copies() == 1 ? "2000" : "6000");
        p.put("broker.heartbeat.interval.ms", "500");
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("log.cleaner.dedupe.buffer.size", "4194304");
        p.put("num.io.threads", "4");
        p.put("num.network.threads", "2");
        p.put("num.recovery.threads.per.data.dir", "2");
        internalTopics(p, node.copies());
        p.putAll(more);
        return p;
    }

    private static void internalTopics(Properties p, int copies) {
        String number = Integer.toString(copies);
        String leastInSync = copies < Quorum.MOST_COPIES ? "1" : "2";
        p.put("default.replication.factor", number);
        p.put("min.insync.replicas", leastInSync);
        p.put("offsets.topic.num.partitions", "4");
        p.put("offsets.topic.replication.factor", number);
        p.put("transaction.state.log.num.partitions", "4");
        p.put("transaction.state.log.replication.factor", number);
        p.put("transaction.state.log.min.isr", leastInSync);
        p.put("share.coordinator.state.topic.num.partitions", "1");
        p.put("share.coordinator.state.topic.replication.factor", number);
        p.put("share.coordinator.state.topic.min.isr", leastInSync);
    }
}
