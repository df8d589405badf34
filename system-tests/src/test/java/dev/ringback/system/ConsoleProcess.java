package dev.ringback.system;

import dev.ringback.console.Main;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.Setting;
import dev.ringback.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A console as a process of its own, to be killed. */
final class ConsoleProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final RingbackClient client;

    private ConsoleProcess(Process process, RingbackClient client) {
        this.process = process;
        this.client = client;
    }

    /** Starts one on a folder of its own and returns when it is ready. */
    static ConsoleProcess start(Pipeline pipeline, String name) {
        int port = EmbeddedKafka.freePort();
        Path state = pipeline.kafka().folder().resolve(name);
        try {
            Path log = Files.createTempFile(Path.of("target"), name, ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx256m",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName());
            builder.environment().keySet().removeIf(setting -> setting.startsWith("RINGBACK_"));
            builder.environment().putAll(pipeline.environment());
            builder.environment()
                    .putAll(
                            Map.of(
                                    Setting.CONSOLE_PORT.name(), Integer.toString(port),
                                    Setting.STATE_DIR.name(), state.toString()));
            Process process =
                    builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
            RingbackClient client = new RingbackClient("http://127.0.0.1:" + port, Pipeline.KEY);
            ConsoleProcess console = new ConsoleProcess(process, client);
            Await.until(
                    name + " ready (see " + log + ")",
                    Pipeline.LIMIT,
                    () -> !process.isAlive() || Pipeline.isReady(port));
            return console;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RingbackClient client() {
        return client;
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends it in good order, if it does so in time. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
