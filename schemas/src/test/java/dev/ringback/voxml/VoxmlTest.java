package dev.ringback.voxml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VoxmlTest {
    private static final Voxml VOXML = new Voxml(false);

    /** Verdict, pointers of errors (bad) or warnings (good), and the document. */
    static Stream<Arguments> documents() throws IOException {
        try (InputStream in = VoxmlTest.class.getResourceAsStream("documents.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> line.split(" \\| ", 3))
                            .map(parts -> Arguments.of(parts[0], parts[1].strip(), parts[2]))
                            .toList()
                            .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void document_each_isJudgedAsItSays(String verdict, String pointers, String document) {
        Report report = VOXML.read(utf8(document));
        assertThat(report.valid()).as("%s", report.errors()).isEqualTo(verdict.equals("good"));
        List<String> expected =
                pointers.isEmpty()
                        ? List.of()
                        : Stream.of(pointers.split(" "))
                                .map(p -> p.replace("(whole)", ""))
                                .toList();
        List<Finding> told = report.valid() ? report.warnings() : report.errors();
        assertThat(told).extracting(Finding::pointer).containsExactlyElementsOf(expected);
    }

    @Test
    void documents_areAtLeastSixty() throws IOException {
        assertThat(documents()).hasSizeGreaterThanOrEqualTo(60);
    }

    @Test
    void finding_saysLineAndColumn() {
        Report report =
                VOXML.read(
                        utf8(
                                """
                                {"voxml_version": "1.0",
                                 "instructions": [
                                  {"verb": "Pause"},
                                  {"verb": "Play", "url": "http://a.example"}]}"""));
        assertThat(report.errors())
                .containsExactly(new Finding("/instructions/1/url", "is not an https URL", 4, 27));
    }

    @Test
    void allowHttp_liftsHttpsAndWss() {
        String document =
                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Play\",\"url\":\"http://a.example\"},"
                        + "{\"verb\":\"Stream\",\"url\":\"ws://a.example\"}]}";
        assertThat(VOXML.read(utf8(document)).errors()).hasSize(2);
        assertThat(new Voxml(true).read(utf8(document)).valid()).isTrue();
    }

    static Stream<Arguments> hostile() {
        String pause =
                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Pause\",\"length\":%s}]}";
        return Stream.of(
                Arguments.of("nothing", new byte[0], "is empty"),
                Arguments.of("blank", utf8(" \n "), "is empty"),
                Arguments.of("deep", utf8("[".repeat(30_000)), "nested deeper than 32"),
                Arguments.of(
                        "deep objects", utf8("{\"a\":".repeat(10_000)), "nested deeper than 32"),
                Arguments.of("10 MB", new byte[10 << 20], "larger than 64 KiB"),
                Arguments.of("twice", utf8("{\"a\":1,\"a\":2}"), "uplicate"),
                Arguments.of("NaN", utf8(pause.formatted("NaN")), "is not JSON"),
                Arguments.of("Infinity", utf8(pause.formatted("-Infinity")), "is not JSON"),
                Arguments.of("huge", utf8(pause.formatted("1e999999999")), "a number is"),
                Arguments.of("long", utf8(pause.formatted("1".repeat(900))), "a number is"),
                Arguments.of(
                        "Latin-1",
                        "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1),
                        "is not UTF-8"),
                Arguments.of(
                        "UTF-16",
                        pause.formatted(1).getBytes(StandardCharsets.UTF_16),
                        "is not UTF-8"),
                Arguments.of(
                        "UTF-16LE",
                        pause.formatted(1).getBytes(StandardCharsets.UTF_16LE),
                        "is not JSON"),
                Arguments.of("zeros", new byte[60_000], "is not JSON"),
                Arguments.of("two", utf8("{} {}"), "more follows"),
                Arguments.of("cut off", utf8("{\"voxml_version\":\"1.0\",\"instr"), "is not JSON"),
                Arguments.of("null", utf8("null"), "is not a JSON object"),
                Arguments.of("comment", utf8("/* x */ {}"), "is not JSON"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void hostile_each_isRefusedForOneReason(String name, byte[] document, String reason) {
        Report report = VOXML.read(document);
        assertThat(report.errors()).hasSize(1);
        assertThat(report.errors().getFirst().reason()).contains(reason);
        assertThat(report.document()).isNull();
    }

    @Test
    void byteOrderMark_isPassedOverWithAWarning() {
        Report report =
                VOXML.read(
                        utf8(
                                "\uFEFF{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Pause\"}]}"));
        assertThat(report.valid()).isTrue();
        assertThat(report.warnings()).hasSize(1);
    }

    @Test
    void moreInstructionsThanAny_areRefusedAsAWhole() {
        String many = "{\"verb\":\"Sing\"},".repeat(3_900);
        Report report =
                VOXML.read(
                        utf8(
                                "{\"voxml_version\":\"1.0\",\"instructions\":["
                                        + many
                                        + "{\"verb\":\"Pause\"}]}"));
        assertThat(report.errors())
                .extracting(Finding::reason)
                .containsExactly("has more than 250 instructions");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
