package dev.ringback.runtime;

import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Topics.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the topics that are missing and says how existing ones differ; it never changes one. */
public final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

    private final Admin admin;
    private final Settings settings;

    /** Uses the admin client without closing it. */
    public TopicSetup(Admin admin, Settings settings) {
        this.admin = admin;
        this.settings = settings;
    }

    /** Creates the topics as soon as Kafka can be reached, however long that takes. */
    public static final class Patience {
        private static final long AGAIN_MILLIS = 1_000;

        private final CountDownLatch ended = new CountDownLatch(1);

        /**
         * Returns when the topics are there.
         *
         * @return false when {@link #end} came first
         */
        public boolean createTopics(KafkaClients clients, Settings settings) {
            try (Admin admin = clients.impatient().admin("ringback-topics")) {
                while (!createOnce(admin, settings)) {
                    if (ended.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                        return false;
                    }
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Gives up waiting. */
        public void end() {
            ended.countDown();
        }

        private static boolean createOnce(Admin admin, Settings settings)
                throws InterruptedException {
            try {
                new TopicSetup(admin, settings).create();
                return true;
            } catch (IllegalStateException e) {
                LOG.warn("waits for Kafka: {}", e.getMessage());
                return false;
            }
        }
    }

    /** The topics as they should be on this cluster. */
    public List<Topic> wanted() throws InterruptedException {
        return Topics.all(
                settings.get(Setting.PARTITIONS), replication(), settings.get(Setting.RETRY_RUNGS));
    }

    /** Creates what is missing and returns the names created. */
    public List<String> create() throws InterruptedException {
        Set<String> existing = names();
        short replication = (short) replication();
        List<NewTopic> missing =
                wanted().stream()
                        .filter(topic -> !existing.contains(topic.name()))
                        .map(topic -> newTopic(topic, replication))
                        .toList();
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                created.getValue().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw failed("cannot create topic " + created.getKey(), e);
                }
            }
        }
        return missing.stream().map(NewTopic::name).toList();
    }

    /** One line for each difference between the cluster and what is wanted. */
    public List<String> differences() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        Set<String> existing = names();
        List<Topic> present = new ArrayList<>();
        for (Topic topic : wanted()) {
            if (existing.contains(topic.name())) {
                present.add(topic);
            } else {
                lines.add(topic.name() + " is missing");
            }
        }
        int copies = replication();
        Map<String, TopicDescription> descriptions = describe(present);
        Map<String, Config> configs = configs(present);
        for (Topic topic : present) {
            compare(
                    topic,
                    copies,
                    descriptions.get(topic.name()),
                    configs.get(topic.name()),
                    lines);
        }
        return lines;
    }

    private static void compare(
            Topic topic,
            int replication,
            @Nullable TopicDescription description,
            @Nullable Config config,
            List<String> lines) {
        if (description == null || config == null) {
            return;
        }
        int partitions = description.partitions().size();
        if (partitions != topic.partitions()) {
            lines.add(
                    topic.name()
                            + " has "
                            + partitions
                            + " partitions, wanted "
                            + topic.partitions());
        }
        int copies = description.partitions().getFirst().replicas().size();
        if (copies != replication) {
            lines.add(topic.name() + " has " + copies + " copies, wanted " + replication);
        }
        for (Map.Entry<String, String> wanted : topic.config().entrySet()) {
            String actual = config.get(wanted.getKey()).value();
            if (!wanted.getValue().equals(actual)) {
                lines.add(
                        topic.name()
                                + " has "
                                + wanted.getKey()
                                + "="
                                + actual
                                + ", wanted "
                                + wanted.getValue());
            }
        }
    }

    /** Copies of each partition on this cluster. */
    public int replication() throws InterruptedException {
        if (settings.get(Setting.REPLICATION).isPresent()) {
            return settings.get(Setting.REPLICATION).get();
        }
        try {
            return Math.min(3, admin.describeCluster().nodes().get().size());
        } catch (ExecutionException e) {
            throw failed("cannot reach Kafka at " + settings.get(Setting.KAFKA), e);
        }
    }

    private Set<String> names() throws InterruptedException {
        try {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw failed("cannot list the topics", e);
        }
    }

    private Map<String, TopicDescription> describe(List<Topic> topics) throws InterruptedException {
        try {
            return admin.describeTopics(topics.stream().map(Topic::name).toList())
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            throw failed("cannot describe the topics", e);
        }
    }

    private Map<String, Config> configs(List<Topic> topics) throws InterruptedException {
        List<ConfigResource> resources =
                topics.stream()
                        .map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t.name()))
                        .toList();
        try {
            Map<String, Config> configs = new HashMap<>();
            admin.describeConfigs(resources)
                    .all()
                    .get()
                    .forEach((resource, config) -> configs.put(resource.name(), config));
            return configs;
        } catch (ExecutionException e) {
            throw failed("cannot read the settings of the topics", e);
        }
    }

    private static NewTopic newTopic(Topic topic, short replication) {
        return new NewTopic(topic.name(), topic.partitions(), replication).configs(topic.config());
    }

    private static IllegalStateException failed(String what, ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new IllegalStateException(what + ": " + cause.getMessage(), e);
    }
}
