package dev.ringback.processes;

import dev.ringback.embedded.EmbeddedKafka.Quorum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;

/** Three Kafka nodes, each broker and controller, each a process. */
public final class Cluster implements AutoCloseable {
    /** How many nodes there are: enough to lose one. */
    public static final int NODES = 3;

    private static final List<String> FLAGS =
            List.of(
                    "-Xmx384m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");
    private static final int ASK_MILLIS = 5_000;

    private final List<Child> nodes = new ArrayList<>();
    private final String bootstrapServers;
    private final Admin admin;

    Cluster(Children children, Ports ports) {
        List<Integer> clients = IntStream.range(0, NODES).map(i -> ports.next()).boxed().toList();
        String controllers =
                IntStream.range(0, NODES)
                        .mapToObj(i -> Integer.toString(ports.next()))
                        .collect(Collectors.joining(","));
        String id = Quorum.newClusterId();
        for (int i = 0; i < NODES; i++) {
            String name = "broker-" + (i + 1);
            List<String> arguments =
                    List.of(
                            children.folder().resolve(name).toString(),
                            Integer.toString(clients.get(i)),
                            Integer.toString(i + 1),
                            id,
                            controllers);
            nodes.add(children.child(name, BrokerMain.class.getName(), FLAGS, arguments, Map.of()));
        }
        this.bootstrapServers =
                clients.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        this.admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "client.id",
                                "chaos",
                                "reconnect.backoff.max.ms",
                                "500",
                                "request.timeout.ms",
                                Integer.toString(ASK_MILLIS),
                                "default.api.timeout.ms",
                                Integer.toString(ASK_MILLIS)));
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Asks the cluster; gives up within seconds. */
    public Admin admin() {
        return admin;
    }

    /** Starts all nodes. */
    public void start() {
        nodes.forEach(Child::start);
    }

    /** Starts one that is down. */
    public void start(int node) {
        nodes.get(node).start();
    }

    /** {@code kill -9}. */
    public void kill(int node) {
        nodes.get(node).kill();
    }

    /** SIGTERM. */
    public void stop(int node) {
        nodes.get(node).stop();
    }

    /** SIGSTOP. */
    public void pause(int node) {
        nodes.get(node).pause();
    }

    /** SIGCONT. */
    public void resume(int node) {
        nodes.get(node).resume();
    }

    /** Its name in messages. */
    public String name(int node) {
        return nodes.get(node).name();
    }

    /** Whether every node is there and has a copy of all that it should have. */
    public boolean isWhole() {
        try {
            if (admin.describeCluster().nodes().get().size() < NODES) {
                return false;
            }
            Set<String> names = admin.listTopics().names().get();
            return admin.describeTopics(names).allTopicNames().get().values().stream()
                    .map(TopicDescription::partitions)
                    .flatMap(List::stream)
                    .allMatch(Cluster::isInSync);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static boolean isInSync(TopicPartitionInfo partition) {
        return partition.isr().size() == partition.replicas().size();
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
