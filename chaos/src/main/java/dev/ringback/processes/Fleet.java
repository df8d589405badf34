package dev.ringback.processes;

import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ingest and the dispatchers, each a process, on a cluster. Processes are told apart by number. */
public final class Fleet {
    /** The dispatchers that should always run. */
    public static final int DISPATCHERS = 3;

    /** One that comes and goes. */
    public static final int SPARE = DISPATCHERS;

    /** The number of ingest. */
    public static final int INGEST = DISPATCHERS + 1;

    private static final String KEY = "chaos-key";
    private static final Duration ASK_LIMIT = Duration.ofSeconds(2);
    private static final List<String> FLAGS =
            List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-Xlog:gc",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ASK_LIMIT).build();
    private final List<Child> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    Fleet(Children children, Ports free, Map<String, String> settings) {
        Map<String, String> common = new HashMap<>(settings);
        common.put(Setting.API_KEYS.name(), "chaos=*@*:" + KEY);
        common.put(Setting.MASTER_KEY.name(), SecretBox.newKey("k1", new SecureRandom()));
        common.put(Setting.ALLOW_HTTP.name(), "true");
        common.put(Setting.EGRESS_ALLOW.name(), "127.0.0.1/32");
        for (int i = 0; i <= SPARE; i++) {
            add(
                    children,
                    "dispatcher-" + (i + 1),
                    "dispatch",
                    Setting.DISPATCHER_PORT,
                    free,
                    common);
        }
        add(children, "ingest", "ingest", Setting.INGEST_PORT, free, common);
    }

    private void add(
            Children children,
            String name,
            String service,
            Setting<Integer> port,
            Ports free,
            Map<String, String> common) {
        int number = free.next();
        Map<String, String> own = new HashMap<>(common);
        own.put(port.name(), Integer.toString(number));
        own.put(Setting.STATE_DIR.name(), children.folder().resolve(name).toString());
        String main = "dev.ringback." + service + ".Main";
        processes.add(children.child(name, main, FLAGS, List.of(), own));
        ports.add(number);
    }

    /** Starts what should always run. */
    public void start() {
        for (int i = 0; i < DISPATCHERS; i++) {
            start(i);
        }
        start(INGEST);
    }

    /** Starts one that is down. */
    public void start(int process) {
        processes.get(process).start();
    }

    /** {@code kill -9}. */
    public void kill(int process) {
        processes.get(process).kill();
    }

    /** SIGTERM. */
    public void stop(int process) {
        processes.get(process).stop();
    }

    /** SIGSTOP. */
    public void pause(int process) {
        processes.get(process).pause();
    }

    /** SIGCONT. */
    public void resume(int process) {
        processes.get(process).resume();
    }

    /** Its name in messages. */
    public String name(int process) {
        return processes.get(process).name();
    }

    /** The most heap, in MB, that a dispatcher has had in use. */
    public long heapMegabytes() {
        return processes.subList(0, SPARE + 1).stream()
                .mapToLong(Child::heapMegabytes)
                .max()
                .orElse(0);
    }

    /** Whether it says that events flow. */
    public boolean isReady(int process) {
        URI uri = URI.create("http://127.0.0.1:" + ports.get(process) + "/health/ready");
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(ASK_LIMIT).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether all that should run say that events flow. */
    public boolean isReady() {
        return isReady(0) && isReady(1) && isReady(2) && isReady(INGEST);
    }

    /** Where events go in. */
    public String ingestUrl() {
        return "http://127.0.0.1:" + ports.get(INGEST);
    }

    /** What lets clients in. */
    public String apiKey() {
        return KEY;
    }
}
