package dev.ringback.system;

import dev.ringback.quickstart.Ringback;
import dev.ringback.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code ringback up} as a process of its own, to be killed. */
final class UpProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final Map<String, String> environment;

    private UpProcess(Process process, Map<String, String> environment) {
        this.process = process;
        this.environment = environment;
    }

    /** Starts it on a folder and returns when all its services are ready. */
    static UpProcess start(Path data, Map<String, String> settings) {
        try {
            Path log = Files.createTempFile(Path.of("target"), "up", ".log");
            Path env = data.resolve("ringback.env");
            Files.deleteIfExists(env);
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Ringback.class.getName(),
                            "up",
                            "--data",
                            data.toString());
            builder.environment().keySet().removeIf(name -> name.startsWith("RINGBACK_"));
            builder.environment().putAll(settings);
            Process process =
                    builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
            Await.until(
                    "the env file (see " + log + ")",
                    LIMIT,
                    () -> !process.isAlive() || Files.size(env) > 0);
            UpProcess up = new UpProcess(process, read(env));
            for (String service : List.of("INGEST", "DISPATCHER", "CONSOLE")) {
                int port = Integer.parseInt(up.setting("RINGBACK_" + service + "_PORT"));
                Await.until(
                        service + " ready (see " + log + ")", LIMIT, () -> Pipeline.isReady(port));
            }
            return up;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the env file says. */
    String setting(String name) {
        return environment.getOrDefault(name, "");
    }

    RingbackClient client() {
        return new RingbackClient(setting("RINGBACK_INGEST_URL"), setting("RINGBACK_API_KEY"));
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends it as Ctrl-C does; whether it ended in good order within the limit. */
    boolean stop(Duration limit) throws InterruptedException {
        process.destroy();
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        kill();
    }

    private static Map<String, String> read(Path env) throws IOException {
        Map<String, String> values = new HashMap<>();
        for (String line : Files.readAllLines(env)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1).replace("'", ""));
            }
        }
        return values;
    }
}
