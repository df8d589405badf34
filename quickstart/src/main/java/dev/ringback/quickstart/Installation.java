package dev.ringback.quickstart;

import dev.ringback.console.ConsoleService;
import dev.ringback.dispatch.DispatcherService;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.ingest.IngestService;
import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/**
 * A whole Ringback in this JVM: Kafka, ingest, dispatcher and console over one data folder, started
 * in this order and stopped in reverse. Kafka is embedded unless the settings point elsewhere.
 */
final class Installation implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Pattern PLAIN_KEY = Pattern.compile("[^@]+@[^:]+:(?!sha256:)([^;]+).*");

    private final DataFolder folder;
    private final Ports ports;
    private final Settings settings;
    private final Path envFile;
    private final Clock clock;
    private final ServiceClient client = new ServiceClient();
    private final Lifecycle parts = new Lifecycle();

    private Installation(DataFolder folder, Ports ports, Settings settings, Clock clock) {
        this.folder = folder;
        this.ports = ports;
        this.settings = settings;
        this.clock = clock;
        this.envFile = folder.write(EnvFile.NAME, EnvFile.text(settings));
    }

    /**
     * Takes the data folder and all ports and writes the env file; starts nothing yet.
     *
     * @throws Ringback.Refused when the folder is in use or a port is taken
     */
    static Installation open(Path path, Settings wanted, Surroundings surroundings) {
        DataFolder folder = DataFolder.open(path);
        try {
            Ports ports = Ports.hold(wanted, ports(isEmbedded(wanted)));
            try {
                Settings settings = effective(wanted, folder, ports, surroundings.random());
                return new Installation(folder, ports, settings, surroundings.clock());
            } catch (RuntimeException e) {
                ports.close();
                throw e;
            }
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** What all of it runs with: ports as they are, keys made where none were given. */
    Settings settings() {
        return settings;
    }

    /** Where the settings have been written. */
    Path envFile() {
        return envFile;
    }

    /** Starts what is not asked to stop meanwhile; {@link #close} stops what has been started. */
    void start(StopSignal stop) {
        List<Runnable> steps = new ArrayList<>();
        if (ports.holds(Setting.KAFKA_PORT)) {
            steps.add(this::startKafka);
        }
        steps.add(this::createTopics);
        steps.add(() -> start(Setting.INGEST_PORT, () -> new IngestService(settings, clock)));
        steps.add(
                () -> start(Setting.DISPATCHER_PORT, () -> new DispatcherService(settings, clock)));
        steps.add(() -> start(Setting.CONSOLE_PORT, () -> new ConsoleService(settings, clock)));
        for (Runnable step : steps) {
            if (stop.raised()) {
                return;
            }
            step.run();
        }
    }

    /**
     * Returns when all services are ready, or when this time is over or the end is asked for.
     *
     * @return a line for each that is not ready
     */
    List<String> awaitReady(Duration limit, StopSignal stop) {
        Instant end = clock.instant().plus(limit);
        while (true) {
            List<String> unready = unready();
            if (unready.isEmpty() || clock.instant().isAfter(end) || stop.await(BETWEEN_LOOKS)) {
                return unready;
            }
        }
    }

    /** Stops all, last started first, and lets go of ports and folder. */
    @Override
    public void close() {
        client.close();
        parts.close();
        ports.close();
        folder.close();
    }

    private void startKafka() {
        ports.release(Setting.KAFKA_PORT);
        EmbeddedKafka kafka =
                new EmbeddedKafka(folder.path().resolve("kafka"), ports.number(Setting.KAFKA_PORT));
        kafka.start();
        parts.closing(kafka);
    }

    private void createTopics() {
        try (Admin admin = KafkaClients.of(settings).admin("ringback-topics")) {
            new TopicSetup(admin, settings).create();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topics", e);
        }
    }

    private void start(Setting<Integer> port, Supplier<Lifecycle.Part> service) {
        ports.release(port);
        parts.start(service.get());
    }

    private List<String> unready() {
        List<String> lines = new ArrayList<>();
        for (Setting<String> url :
                List.of(Setting.INGEST_URL, Setting.DISPATCHER_URL, Setting.CONSOLE_URL)) {
            client.unready(settings.get(url))
                    .ifPresent(what -> lines.add(settings.get(url) + " " + what));
        }
        return lines;
    }

    private static Settings effective(
            Settings wanted, DataFolder folder, Ports ports, SecureRandom random) {
        Settings reachable = wanted;
        if (ports.holds(Setting.KAFKA_PORT)) {
            String kafka = text(ports, Setting.KAFKA_PORT);
            reachable =
                    wanted.with(Setting.KAFKA, HOST + ":" + kafka).with(Setting.KAFKA_PORT, kafka);
        }
        Settings settings =
                reachable
                        .orElse(Setting.STATE_DIR, folder.path().resolve("state").toString())
                        .with(Setting.INGEST_PORT, text(ports, Setting.INGEST_PORT))
                        .with(Setting.DISPATCHER_PORT, text(ports, Setting.DISPATCHER_PORT))
                        .with(Setting.CONSOLE_PORT, text(ports, Setting.CONSOLE_PORT))
                        .with(Setting.INGEST_URL, url(ports, Setting.INGEST_PORT))
                        .with(Setting.DISPATCHER_URL, url(ports, Setting.DISPATCHER_PORT))
                        .with(Setting.CONSOLE_URL, url(ports, Setting.CONSOLE_PORT));
        refuseStateOfAnother(settings.get(Setting.STATE_DIR), folder);
        return withKeys(settings, folder, random);
    }

    /** The env file of one installation, exported, must not lead another to its state. */
    private static void refuseStateOfAnother(Path state, DataFolder folder) {
        Path owner = state.toAbsolutePath().normalize().getParent();
        if (owner != null
                && !owner.equals(folder.path())
                && Files.exists(owner.resolve(DataFolder.LOCK_FILE))) {
            throw new Ringback.Refused(
                    Setting.STATE_DIR.name() + " is the state of " + owner + ": unset it");
        }
    }

    private static Settings withKeys(Settings settings, DataFolder folder, SecureRandom random) {
        Settings sealed =
                settings.isSet(Setting.MASTER_KEY)
                        ? settings
                        : settings.with(
                                Setting.MASTER_KEY,
                                folder.kept("master.key", () -> SecretBox.newKey("k1", random)));
        if (sealed.isSet(Setting.API_KEYS)) {
            Matcher first = PLAIN_KEY.matcher(sealed.get(Setting.API_KEYS));
            return first.matches()
                    ? sealed.orElse(Setting.API_KEY, first.group(1).strip())
                    : sealed;
        }
        String key =
                sealed.isSet(Setting.API_KEY)
                        ? sealed.get(Setting.API_KEY)
                        : folder.kept("api.key", () -> newKey(random));
        return sealed.with(Setting.API_KEY, key).with(Setting.API_KEYS, "local=*@*:" + key);
    }

    private static String newKey(SecureRandom random) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return "rbk_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Whether Kafka is ours to run: nobody has set another one. */
    private static boolean isEmbedded(Settings wanted) {
        String ours = HOST + ":" + wanted.get(Setting.KAFKA_PORT);
        return !wanted.isSet(Setting.KAFKA) || wanted.get(Setting.KAFKA).equals(ours);
    }

    private static List<Setting<Integer>> ports(boolean embedded) {
        List<Setting<Integer>> services =
                List.of(Setting.INGEST_PORT, Setting.DISPATCHER_PORT, Setting.CONSOLE_PORT);
        List<Setting<Integer>> all = new ArrayList<>(services);
        if (embedded) {
            all.addFirst(Setting.KAFKA_PORT);
        }
        return all;
    }

    private static String text(Ports ports, Setting<Integer> port) {
        return Integer.toString(ports.number(port));
    }

    private static String url(Ports ports, Setting<Integer> port) {
        return "http://" + HOST + ":" + ports.number(port);
    }
}
