package dev.ringback.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** This repository's compose file, as a project of its own that goes away with its data. */
final class Compose implements AutoCloseable {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String PROJECT = "ringback-test-" + ProcessHandle.current().pid();
    private static final String NETWORK = "172.31.78.";

    private final Map<String, String> environment;
    private final List<String> profiles;

    private Compose(List<String> profiles, Map<String, String> environment) {
        this.profiles = List.copyOf(profiles);
        this.environment = environment;
    }

    /** A project that nothing is started of; other ports and another network than usual. */
    Compose(String... profiles) {
        this(List.of(profiles), new HashMap<>());
        for (String port :
                List.of(
                        "RINGBACK_INGEST_PORT",
                        "RINGBACK_INGEST_2_PORT",
                        "RINGBACK_CONSOLE_PORT",
                        "RINGBACK_KAFKA_PORT",
                        "RINGBACK_KAFKA_2_PORT",
                        "RINGBACK_KAFKA_3_PORT",
                        "PROMETHEUS_PORT",
                        "GRAFANA_PORT")) {
            environment.put(port, Integer.toString(freePort()));
        }
        environment.put("RINGBACK_SUBNET", NETWORK + "0/24");
        environment.put("RINGBACK_DEMO_ADDRESS", NETWORK + "250");
        environment.put("RINGBACK_EGRESS_ALLOW", NETWORK + "0/24");
        environment.put("KAFKA_HEAP_OPTS", "-Xms256m -Xmx256m");
        environment.put("COMPOSE_PROJECT_NAME", PROJECT);
    }

    /** The same project with one more profile. */
    Compose with(String profile) {
        List<String> more = new ArrayList<>(profiles);
        more.add(profile);
        return new Compose(more, environment);
    }

    /** This machine, as the containers see it. */
    String host() {
        return NETWORK + "1";
    }

    /** A service's URL on this machine, by the variable that has its port. */
    String url(String variable) {
        return "http://127.0.0.1:" + environment.get(variable);
    }

    /** A key of this project that may do everything. */
    String apiKey() {
        String file = run("run", "--rm", "--entrypoint", "cat", "keys", "/keys/ringback.env");
        return file.lines()
                .filter(line -> line.startsWith("RINGBACK_API_KEY="))
                .findFirst()
                .orElseThrow()
                .substring("RINGBACK_API_KEY=".length());
    }

    /** Runs a command of compose; what it said. */
    String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "compose"));
        profiles.forEach(profile -> command.addAll(List.of("--profile", profile)));
        command.addAll(List.of(arguments));
        return execute(command, environment);
    }

    /** Returns when every container of a service is healthy. */
    void awaitHealthy(String service) {
        List<String> command =
                new ArrayList<>(
                        List.of("docker", "inspect", "--format", "{{.State.Health.Status}}"));
        command.addAll(run("ps", "-q", service).lines().toList());
        Await.until(
                LIMIT,
                () -> execute(command, environment),
                () -> execute(command, environment).lines().allMatch("healthy"::equals));
    }

    /** Whether a command of compose succeeds. */
    boolean canRun(String... arguments) {
        try {
            run(arguments);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Runs a program at the root of the repository; what it wrote to standard output. */
    static String execute(List<String> command, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("compose", ".out");
            Path err = Files.createTempFile("compose", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(ROOT.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String said = Files.readString(out, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(
                        command
                                + (ended ? " failed: " : " did not end: ")
                                + said
                                + Files.readString(err, StandardCharsets.UTF_8));
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends everything and deletes its data. */
    @Override
    public void close() {
        run("down", "--volumes", "--remove-orphans", "--timeout", "5");
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
