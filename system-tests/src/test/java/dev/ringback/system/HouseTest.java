package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house: small files, small methods, small packages, nothing undocumented. */
class HouseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int MOST_LINES = 400;
    private static final int USUAL_LINES = 250;
    private static final int MOST_METHOD_LINES = 50;
    private static final int USUAL_METHOD_LINES = 20;
    private static final int MOST_FILES = 15;

    @Test
    void files_areSmall() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        for (Path file : sources()) {
            int lines = Files.readAllLines(file).size();
            assertThat(lines).as("lines of %s", file).isLessThanOrEqualTo(MOST_LINES);
            sizes.add(lines);
        }
        assertThat(percentile95(sizes)).as("p95 of lines").isLessThanOrEqualTo(USUAL_LINES);
    }

    @Test
    void methods_areSmall() throws IOException {
        List<Integer> sizes = new ArrayList<>();
        for (MethodLines.Method method : MethodLines.of(sources())) {
            assertThat(method.lines())
                    .as("lines of %s", method)
                    .isLessThanOrEqualTo(MOST_METHOD_LINES);
            sizes.add(method.lines());
        }
        assertThat(sizes).hasSizeGreaterThan(500);
        assertThat(percentile95(sizes)).as("p95 of lines").isLessThanOrEqualTo(USUAL_METHOD_LINES);
    }

    @Test
    void packages_areSmall() throws IOException {
        Map<Path, Long> packages =
                sources().stream()
                        .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
        assertThat(packages)
                .allSatisfy((folder, files) -> assertThat(files).isLessThanOrEqualTo(MOST_FILES));
    }

    @Test
    void modules_haveAReadme() throws IOException {
        try (Stream<Path> poms = Files.find(ROOT, 2, (p, a) -> p.endsWith("pom.xml"))) {
            assertThat(poms.map(Path::getParent).toList())
                    .allSatisfy(module -> assertThat(module.resolve("README.md")).exists());
        }
    }

    @Test
    void settings_areAllDocumented() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/configuration.md"));
        for (Setting<?> setting : Setting.ALL) {
            assertThat(page).contains("`" + setting.name() + "`");
        }
    }

    @Test
    void topics_areAllDocumented() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/topics.md"));
        RetryLadder ladder = RetryLadder.parse(RetryLadder.DEFAULT);
        for (Topics.Topic topic : Topics.all(1, 1, ladder)) {
            boolean rung = topic.name().startsWith(Topics.RETRY_PREFIX);
            assertThat(page)
                    .contains("`" + (rung ? Topics.RETRY_PREFIX + "RUNG" : topic.name()) + "`");
        }
    }

    @Test
    void readme_isShort() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThanOrEqualTo(150);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .toList();
        }
    }

    private static int percentile95(List<Integer> sizes) {
        List<Integer> sorted = sizes.stream().sorted().toList();
        return sorted.get((int) (sorted.size() * 0.95));
    }
}
