package dev.ringback.rig;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A broker and the services, each a process of its own on this machine, with their data in a folder
 * that goes away. Made by one thread; {@link #close} may come from any.
 */
public final class Rig implements AutoCloseable {
    /** The memory that a dispatcher has to make do with. */
    public static final String HEAP = "512m";

    private static final String BROKER_HEAP = "1g";
    private static final String DLQ_HEAP = "256m";

    /** As {@code ./ringback dlq} runs it. */
    private static final List<String> NICE = List.of("nice", "-n", "10");

    private static final String INGEST_HEAP = "256m";
    private static final String KEY = "bench";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 100;

    private final Path folder;
    private final Map<String, String> environment;
    private final SecretBox box;
    private final List<Process> processes = new ArrayList<>();
    private final Thread atExit = new Thread(this::end, "end");
    private @Nullable Process dispatcher;

    private Rig(Path folder, Map<String, String> environment, SecretBox box) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
        this.box = box;
    }

    /** Starts a broker and creates the topics; the dispatcher waits until it is asked for. */
    public static Rig start() {
        SecureRandom random = new SecureRandom();
        String masterKey = SecretBox.newKey("bench", random);
        int port = EmbeddedKafka.freePort();
        try {
            Path folder = Files.createTempDirectory("ringback-bench");
            Map<String, String> environment = new HashMap<>();
            environment.put(Setting.KAFKA.name(), "127.0.0.1:" + port);
            environment.put(Setting.API_KEYS.name(), "bench=*@*:" + KEY);
            environment.put(Setting.MASTER_KEY.name(), masterKey);
            environment.put(Setting.EGRESS_ALLOW.name(), "127.0.0.0/8");
            environment.put(Setting.ALLOW_HTTP.name(), "true");
            environment.put(Setting.STATE_DIR.name(), folder.resolve("state").toString());
            environment.put(
                    Setting.DISPATCHER_PORT.name(), Integer.toString(EmbeddedKafka.freePort()));
            environment.put(Setting.INGEST_PORT.name(), Integer.toString(EmbeddedKafka.freePort()));
            Rig rig = new Rig(folder, environment, new SecretBox(masterKey, random));
            Runtime.getRuntime().addShutdownHook(rig.atExit);
            rig.startBroker(Integer.toString(port));
            return rig;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startBroker(String port) {
        process("broker", BROKER_HEAP, Child.broker(folder.resolve("kafka"), port));
        try (Admin admin = clients().admin("bench")) {
            new TopicSetup(admin, settings()).create();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Starts the dispatcher and returns when it is ready. */
    public void startDispatcher() {
        Process started = process("dispatcher", HEAP);
        dispatcher = started;
        until("the dispatcher is ready", START_LIMIT, () -> metrics().isReady());
    }

    /** Starts ingest and returns when it takes events. */
    public void startIngest() {
        process("ingest", INGEST_HEAP, Child.ingest());
        Scrape.Source ingest = new Scrape.Source(ingestUrl());
        until("ingest is ready", START_LIMIT, ingest::isReady);
    }

    /** Where ingest takes events. */
    public String ingestUrl() {
        return "http://127.0.0.1:" + environment.get(Setting.INGEST_PORT.name());
    }

    /** What a request to ingest needs, as {@code Authorization}. */
    public static String authorization() {
        return "Bearer " + KEY;
    }

    /** Stops the dispatcher in good order; what it has done by then is committed. */
    public void stopDispatcher() {
        Process running = dispatcher();
        running.destroy();
        until("the dispatcher has stopped", STOP_LIMIT, () -> !running.isAlive());
    }

    /** Begins a command of {@code ringback dlq}. */
    public Process dlq(String... command) {
        return process(NICE, "dlq", DLQ_HEAP, Child.dlq(command));
    }

    /** What the last command of {@code ringback dlq} said. */
    public String dlqSaid() {
        return lastWords("dlq");
    }

    /** Whether the dispatcher has not ended. */
    public boolean isAlive() {
        return dispatcher().isAlive();
    }

    /** What the dispatcher says of itself. */
    public Scrape.Source metrics() {
        return new Scrape.Source(
                "http://127.0.0.1:" + environment.get(Setting.DISPATCHER_PORT.name()));
    }

    /** What the operating system and the collector say of the dispatcher. */
    public Usage usage() {
        return Usage.of(dispatcher(), folder.resolve("dispatcher.gc"));
    }

    /** What the dispatcher has spent on compiling its own code. */
    public Duration compiling() {
        return Usage.compiling(dispatcher());
    }

    /** Has the dispatcher collect its garbage now. */
    public void collectGarbage() {
        try {
            String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            new ProcessBuilder(jcmd, Long.toString(dispatcher().pid()), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The last lines that the dispatcher has logged. */
    public String lastWords() {
        return lastWords("dispatcher");
    }

    private String lastWords(String process) {
        try {
            List<String> lines = Files.readAllLines(folder.resolve(process + ".log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /** Settings of this installation. */
    public Settings settings() {
        return Settings.load(environment);
    }

    /** Clients of the broker. */
    public KafkaClients clients() {
        return KafkaClients.of(settings());
    }

    /** What seals endpoints' secrets so that the dispatcher can open them. */
    public SecretBox box() {
        return box;
    }

    /** Waits for a condition while the processes live. */
    public void until(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "not within %ss: %s%n%s".formatted(limit.toSeconds(), what, lastWords()));
            }
            pause(Duration.ofMillis(PAUSE_MILLIS));
        }
    }

    /** Lets time pass: a measured stretch of a benchmark, or the pause before looking again. */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Process dispatcher() {
        if (dispatcher == null) {
            throw new IllegalStateException("no dispatcher has been started");
        }
        return dispatcher;
    }

    private Process process(String name, String heap, String... arguments) {
        return process(List.of(), name, heap, arguments);
    }

    private synchronized Process process(
            List<String> before, String name, String heap, String... arguments) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + heap);
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-XX:+UseCompactObjectHeaders");
        command.add("-Xlog:gc:file=" + folder.resolve(name + ".gc"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Child.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("RINGBACK_"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the processes at once and deletes their data. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    private synchronized void end() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("cannot delete " + folder, e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }
}
