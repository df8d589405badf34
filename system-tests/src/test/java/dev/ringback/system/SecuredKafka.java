package dev.ringback.system;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A broker that nobody gets into without a password or a certificate, and that lets nobody do what
 * no ACL allows. The clients of every service are set up by settings alone.
 */
final class SecuredKafka implements AutoCloseable {
    private static final String PASSWORD = "change-it";
    private static final String PLAIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    private static final String ADMIN = "admin";

    private final Path folder;
    private final EmbeddedKafka broker;
    private final int mutualPort = EmbeddedKafka.freePort();
    private final int port = EmbeddedKafka.freePort();

    /**
     * Starts the broker; these and an admin may log in.
     *
     * @param certified those of them who have a certificate too
     */
    SecuredKafka(Path folder, List<String> users, List<String> certified) throws IOException {
        this.folder = folder;
        keyPair("broker");
        for (String user : certified) {
            keyPair(user);
            trust("broker", user);
        }
        int controller = EmbeddedKafka.freePort();
        Path data = Files.createDirectories(folder.resolve("kafka"));
        Files.writeString(data.resolve("controller.port"), Integer.toString(controller));
        broker = new EmbeddedKafka(data, port).with(properties(users, controller));
        broker.start();
    }

    /** Settings of a service that logs in with its name and a password, over TLS. */
    Settings withPassword(String user, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(trusting("127.0.0.1:" + port, "SASL_SSL"));
        all.put("RINGBACK_KAFKA_PROP_SASL_MECHANISM", "PLAIN");
        all.put("RINGBACK_KAFKA_PROP_SASL_JAAS_CONFIG", login(user) + ";");
        all.putAll(more);
        return Settings.load(all);
    }

    /** Settings of a service that shows its certificate. */
    Settings withCertificate(String user, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(trusting("127.0.0.1:" + mutualPort, "SSL"));
        all.put("RINGBACK_KAFKA_PROP_SSL_KEYSTORE_LOCATION", store(user).toString());
        all.put("RINGBACK_KAFKA_PROP_SSL_KEYSTORE_PASSWORD", PASSWORD);
        all.put("RINGBACK_KAFKA_PROP_SSL_KEYSTORE_TYPE", "PKCS12");
        all.putAll(more);
        return Settings.load(all);
    }

    /** Allows what these ACLs allow. */
    void allow(List<AclBinding> bindings) throws Exception {
        try (Admin admin = KafkaClients.of(withPassword(ADMIN, Map.of())).admin("acls")) {
            admin.createAcls(bindings).all().get();
        }
    }

    @Override
    public void close() {
        broker.close();
    }

    private Map<String, String> trusting(String bootstrap, String protocol) {
        return Map.of(
                "RINGBACK_KAFKA_BOOTSTRAP_SERVERS",
                bootstrap,
                "RINGBACK_KAFKA_PROP_SECURITY_PROTOCOL",
                protocol,
                "RINGBACK_KAFKA_PROP_SSL_TRUSTSTORE_LOCATION",
                store("broker").toString(),
                "RINGBACK_KAFKA_PROP_SSL_TRUSTSTORE_PASSWORD",
                PASSWORD,
                "RINGBACK_KAFKA_PROP_SSL_TRUSTSTORE_TYPE",
                "PKCS12");
    }

    private Map<String, String> properties(List<String> users, int controller) {
        Map<String, String> p = new HashMap<>();
        String listeners = "SASL_SSL://127.0.0.1:" + port + ",SSL://127.0.0.1:" + mutualPort;
        p.put("advertised.listeners", listeners);
        p.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
        p.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", "SASL_SSL");
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        List<String> all = new ArrayList<>(users);
        all.add(ADMIN);
        String known =
                all.stream()
                        .map(user -> "user_" + user + "=\"" + secret(user) + '"')
                        .collect(Collectors.joining(" "));
        p.put("listener.name.sasl_ssl.plain.sasl.jaas.config", login(ADMIN) + " " + known + ";");
        p.put("listener.name.ssl.ssl.client.auth", "required");
        p.put("ssl.principal.mapping.rules", "RULE:^CN=([a-z]+).*$/$1/");
        for (String what : List.of("keystore", "truststore")) {
            p.put("ssl." + what + ".location", store("broker").toString());
            p.put("ssl." + what + ".password", PASSWORD);
            p.put("ssl." + what + ".type", "PKCS12");
        }
        p.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // Whoever is at the controller's own port is nobody by name.
        p.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
        return p;
    }

    private static String login(String user) {
        return PLAIN + "username=\"" + user + "\" password=\"" + secret(user) + '"';
    }

    private static String secret(String user) {
        return user + "-secret";
    }

    private Path store(String name) {
        return folder.resolve(name + ".p12");
    }

    private void keyPair(String name) {
        keytool(
                "-genkeypair -keyalg EC -validity 2 -storetype PKCS12 -dname CN="
                        + name
                        + " -ext san=ip:127.0.0.1 -alias "
                        + name
                        + " -keystore "
                        + store(name));
    }

    private void trust(String one, String other) {
        Path certificate = folder.resolve(other + ".pem");
        keytool(
                "-exportcert -rfc -alias "
                        + other
                        + " -keystore "
                        + store(other)
                        + " -file "
                        + certificate);
        keytool(
                "-importcert -noprompt -alias "
                        + other
                        + " -keystore "
                        + store(one)
                        + " -file "
                        + certificate);
    }

    private static void keytool(String arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments.split(" ")));
        command.addAll(List.of("-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("failed: keytool " + arguments);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
