package dev.ringback.rig;

import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The endpoints of a run: each of an account of its own and, where the system has more than one
 * loopback address, on a host of its own.
 */
public final class Subscribers {
    private static final int HOSTS_PER_NET = 250;
    private static final int SECRET_BYTES = 24;
    private static final String ID = "ep_";

    private Subscribers() {}

    /** The account of an endpoint. */
    static String account(int endpoint) {
        return "acc_" + endpoint;
    }

    /** The id of an endpoint. */
    public static String id(int endpoint) {
        return ID + endpoint;
    }

    /** The number of the endpoint that has this id; -1 when it is a URL that a call brought. */
    public static int number(String id) {
        return id.startsWith(ID) ? Integer.parseInt(id.substring(ID.length())) : -1;
    }

    /** The address of an endpoint on a receiver; every address of 127.0.0.0/8 is ours on Linux. */
    static String url(int endpoint, int port, boolean manyHosts) {
        String host =
                manyHosts
                        ? "127.1." + endpoint / HOSTS_PER_NET + "." + (endpoint % HOSTS_PER_NET + 1)
                        : "127.0.0.1";
        return "http://" + host + ":" + port + "/e/" + endpoint;
    }

    /** Writes endpoints straight into the registry's topic, as ingest would. */
    public static void write(
            Rig rig, int endpoints, int port, IntFunction<Endpoint.Policy> policy, Instant now) {
        boolean manyHosts =
                System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        try (Producer<byte[], byte[]> producer = rig.clients().producer("endpoints", Map.of())) {
            for (int i = 0; i < endpoints; i++) {
                String url = url(i, port, manyHosts);
                Endpoint endpoint = endpoint(i, url, policy.apply(i), rig.box(), now);
                byte[] key = endpoint.key().getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(Topics.ENDPOINTS, 0, key, endpoint.bytes()));
            }
            producer.flush();
        }
    }

    private static Endpoint endpoint(
            int number, String url, Endpoint.Policy policy, SecretBox box, Instant now) {
        byte[] key = new byte[SECRET_BYTES];
        key[0] = (byte) number;
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        Endpoint.Secret sealed =
                new Endpoint.Secret("sec_1", box.seal(secret, id(number)), null, now, null);
        Endpoint.Config config =
                Endpoint.Config.of(
                                url, "standard", List.of(Endpoint.ALL_EVENTS), Endpoint.Scope.ANY)
                        .withSealed(List.of(sealed), Map.of())
                        .withPolicy(policy);
        return Endpoint.of(id(number), account(number), config, null, now);
    }
}
