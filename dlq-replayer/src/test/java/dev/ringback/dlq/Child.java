package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command in a process of its own, with hardly any memory. */
final class Child {
    private static final int MOST_SECONDS = 120;

    /** Its bit among the signals of a process; it is number 2. */
    private static final long SIGINT = 1 << 1;

    private final Process process;
    private final Path out;
    private final Path err;

    private Child(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Child start(DeadLetters letters, Path folder, String... args) throws IOException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        List<String> command = new ArrayList<>(listening());
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGBACK_"));
        builder.environment()
                .put(Setting.KAFKA.name(), letters.kafka().broker().bootstrapServers());
        return new Child(builder.start(), out, err);
    }

    /**
     * What has it listen to Ctrl-C: what a shell starts in the background does not, and hands that
     * on to all it starts.
     */
    private static List<String> listening() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        long ignored =
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                        .findFirst()
                        .orElse(0);
        return (ignored & SIGINT) == 0 ? List.of() : List.of("env", "--default-signal=INT");
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Stops it as Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        signal("INT");
    }

    /** Has it stand still, or go on, without its knowing. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end and returns what it did. */
    DeadLetters.Ran ran() throws IOException, InterruptedException {
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new DeadLetters.Ran(
                process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
