package dev.ringback.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prometheus' own tool tries the alert rules: each fires when it should, and not otherwise. */
class RulesTest {
    private static final String RULES = "containers/observability/rules.yml";

    @BeforeAll
    static void promtoolIsThere() {
        boolean there =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));
        assumeTrue(there, "promtool is not installed: the alert rules are not tried");
    }

    @Test
    void rules_all_areValid() {
        assertThat(promtool("check", "rules", RULES)).contains("SUCCESS");
    }

    @Test
    void rules_onMadeSeries_fireWhenTheyShould() {
        assertThat(promtool("test", "rules", "containers/observability/rules-test.yml"))
                .contains("SUCCESS");
    }

    @Test
    void rules_each_isTried() throws Exception {
        String tests =
                Files.readString(Compose.ROOT.resolve("containers/observability/rules-test.yml"));
        List<String> alerts =
                Files.readAllLines(Compose.ROOT.resolve(RULES)).stream()
                        .filter(line -> line.contains("- alert: "))
                        .map(line -> line.substring(line.indexOf(": ") + 2))
                        .toList();
        assertThat(alerts)
                .isNotEmpty()
                .allSatisfy(alert -> assertThat(tests).contains("alertname: " + alert));
    }

    private static String promtool(String... arguments) {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        return Compose.execute(command, Map.of());
    }
}
