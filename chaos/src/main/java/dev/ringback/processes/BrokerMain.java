package dev.ringback.processes;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.embedded.EmbeddedKafka.Quorum;
import dev.ringback.runtime.Logs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Kafka node of several, as a process. */
public final class BrokerMain {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerMain.class);

    private BrokerMain() {}

    /**
     * Runs until the process is told to stop.
     *
     * @param arguments folder, port, node id, cluster id and the controllers' ports, separated by
     *     commas
     */
    public static void main(String[] arguments) {
        Logs.configure("plain", "info");
        try {
            List<Integer> controllers =
                    Arrays.stream(arguments[4].split(",")).map(Integer::valueOf).toList();
            Quorum quorum = new Quorum(Integer.parseInt(arguments[2]), arguments[3], controllers);
            EmbeddedKafka broker =
                    new EmbeddedKafka(
                            Path.of(arguments[0]), Integer.parseInt(arguments[1]), quorum);
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop"));
            broker.start();
            LOG.info("node {} takes requests", quorum.id());
        } catch (RuntimeException e) {
            LOG.error("cannot start", e);
            Runtime.getRuntime().halt(1);
        }
    }
}
