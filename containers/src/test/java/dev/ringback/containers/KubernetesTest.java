package dev.ringback.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The manifests as a cluster would read them, as far as that shows without one. */
class KubernetesTest {
    private static final Path FOLDER = Compose.ROOT.resolve("kubernetes");

    @Test
    void kustomization_names_everyManifest() throws IOException {
        Map<?, ?> kustomization = (Map<?, ?>) documents("kustomization.yaml").getFirst();
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> manifests =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".yaml"))
                            .filter(name -> !name.equals("kustomization.yaml"))
                            .toList();
            assertThat(manifests)
                    .containsExactlyInAnyOrderElementsOf(strings(kustomization.get("resources")));
        }
    }

    @Test
    void settings_ofTheConfigMap_areKnown() throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String line : Files.readAllLines(FOLDER.resolve("ringback.env"))) {
            String[] both = line.split("=", 2);
            environment.put(both[0], both[1]);
        }
        assertThat(Settings.load(environment)).isNotNull();
    }

    @Test
    void deployments_each_areProbedBoundedAndNotRoot() throws IOException {
        for (String name : List.of("ingest", "dispatcher", "console")) {
            Map<?, ?> deployment = (Map<?, ?>) documents(name + ".yaml").getFirst();
            Map<?, ?> pod = at(deployment, "spec", "template", "spec");
            Map<?, ?> container = (Map<?, ?>) ((List<?>) pod.get("containers")).getFirst();
            for (String probe : List.of("startupProbe", "livenessProbe")) {
                assertThat(at(container, probe, "httpGet").get("path")).isEqualTo("/health/live");
            }
            assertThat(at(container, "readinessProbe", "httpGet").get("path"))
                    .isEqualTo("/health/ready");
            assertThat(at(container, "resources", "limits").get("memory")).isNotNull();
            assertThat(at(container, "securityContext").get("readOnlyRootFilesystem"))
                    .isEqualTo(true);
            assertThat(at(pod, "securityContext").get("runAsNonRoot")).isEqualTo(true);
        }
    }

    private static List<Object> documents(String file) throws IOException {
        List<Object> documents = new ArrayList<>();
        new Yaml().loadAll(Files.readString(FOLDER.resolve(file))).forEach(documents::add);
        return documents;
    }

    private static List<String> strings(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    private static Map<?, ?> at(Map<?, ?> map, String... path) {
        Map<?, ?> found = map;
        for (String name : path) {
            found = (Map<?, ?>) found.get(name);
        }
        return found;
    }
}
