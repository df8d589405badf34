package dev.ringback.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
    @Test
    void start_onOldFolder_keepsItsTopics(@TempDir Path folder) throws Exception {
        EmbeddedKafka kafka = new EmbeddedKafka(folder, EmbeddedKafka.freePort());
        kafka.start();
        try (Admin admin = admin(kafka)) {
            admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1))).all().get();
        } finally {
            kafka.close();
        }
        kafka.start();
        try (Admin admin = admin(kafka)) {
            assertThat(admin.listTopics().names().get()).contains("kept");
            assertThat(EmbeddedKafka.isTaken(port(kafka))).isTrue();
        } finally {
            kafka.close();
        }
        assertThat(EmbeddedKafka.isTaken(port(kafka))).isFalse();
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static int port(EmbeddedKafka kafka) {
        return Integer.parseInt(kafka.bootstrapServers().split(":")[1]);
    }
}
