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
import java.util.TreeMap;
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
        for (Path file : sources()) {
            for (Map.Entry<String, Integer> method : Methods.of(file).entrySet()) {
                assertThat(method.getValue())
                        .as("lines of %s in %s", method.getKey(), file)
                        .isLessThanOrEqualTo(MOST_METHOD_LINES);
                sizes.add(method.getValue());
            }
        }
        assertThat(sizes).hasSizeGreaterThan(500);
        assertThat(percentile95(sizes)).as("p95 of lines").isLessThanOrEqualTo(USUAL_METHOD_LINES);
    }

    @Test
    void packages_areSmall() throws IOException {
        Map<Path, Long> packages =
                sources().stream().collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
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

    /** Counts the lines between the braces of each method, by the formatter's indentation. */
    private static final class Methods {
        private Methods() {}

        static Map<String, Integer> of(Path file) throws IOException {
            Map<String, Integer> methods = new TreeMap<>();
            List<String> lines = Files.readAllLines(file);
            for (int open = 0; open < lines.size(); open++) {
                String line = lines.get(open);
                if (line.endsWith(") {") || line.matches(" +(throws .*|\\).*) \\{")) {
                    int indent = indent(lines, open);
                    int close = open + 1;
                    while (close < lines.size()
                            && !lines.get(close).equals(" ".repeat(indent) + "}")) {
                        close++;
                    }
                    if (indent > 0 && indent <= 8 && isMember(lines, open, indent)) {
                        methods.put(line.strip() + " line " + (open + 1), close - open - 1);
                    }
                }
            }
            return methods;
        }

        /** A signature may be broken over lines; its first line has the closing brace's indent. */
        private static int indent(List<String> lines, int open) {
            int at = open;
            while (at > 0 && !lines.get(at - 1).isBlank() && deeper(lines.get(at), lines.get(at - 1))) {
                at--;
            }
            String line = lines.get(at);
            return line.length() - line.stripLeading().length();
        }

        private static boolean deeper(String line, String above) {
            int here = line.length() - line.stripLeading().length();
            int there = above.length() - above.stripLeading().length();
            boolean continues =
                    !above.endsWith("{") && !above.endsWith(";") && !above.endsWith("}");
            return continues && here > there && !above.strip().startsWith("@");
        }

        private static boolean isMember(List<String> lines, int open, int indent) {
            String text = lines.get(open).strip();
            return !text.matches("(if|for|while|switch|try|synchronized|\\} ?(else|catch)).*")
                    && !text.contains("->")
                    && !text.startsWith("record ")
                    && lines.get(open).length() > indent;
        }
    }
}
