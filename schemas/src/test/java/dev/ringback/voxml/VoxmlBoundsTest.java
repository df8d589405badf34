package dev.ringback.voxml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes come, the validator answers, and soon. */
class VoxmlBoundsTest {
    private static final Voxml VOXML = new Voxml(false);
    private static final Duration LIMIT = Duration.ofMillis(50);
    private static final int RUNS = 12;
    private static final int DOCUMENTS = 20_000;
    private static final List<String> PARTS =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "\\",
                    "\\u0000",
                    "\\ud800",
                    "null",
                    "true",
                    "-1",
                    "1e9",
                    "1.5",
                    "NaN",
                    "\"verb\"",
                    "\"Dial\"",
                    "\"numbers\"",
                    "\"~1/\"",
                    "\u0000",
                    "\uFEFF",
                    "//",
                    "\n",
                    "\"instructions\"",
                    "\"voxml_version\"",
                    "\"1.0\"",
                    "👋");

    /** The largest documents there are, each as laborious as its kind can be. */
    static Stream<Arguments> laborious() {
        return Stream.of(
                Arguments.of("10 MB", new byte[10 << 20]),
                Arguments.of("10 MB of an array", utf8("[".repeat(10 << 20))),
                Arguments.of("deep arrays", filled("", "[", "")),
                Arguments.of("deep objects", filled("", "{\"a\":", "")),
                Arguments.of("no verbs", instructions("{}")),
                Arguments.of("250 unknown verbs", verbs(250, "{\"verb\":\"%s\"}", "x".repeat(230))),
                Arguments.of(
                        "250 dials",
                        verbs(250, "{\"verb\":\"Dial\",\"sip\":[%s]}", "{},".repeat(60) + "{}")),
                Arguments.of(
                        "numbers without a number",
                        within("{\"verb\":\"Dial\",\"numbers\":[%s]}", "{},", "{}")),
                Arguments.of(
                        "numbers that are numbers",
                        within("{\"verb\":\"Dial\",\"numbers\":[%s]}", "1,", "1")),
                Arguments.of(
                        "unknown attributes",
                        within("{\"verb\":\"Hangup\",%s}", "\"%d\":1,", "\"z\":1")),
                Arguments.of(
                        "wrong parameters",
                        within(
                                "{\"verb\":\"Stream\",\"url\":\"wss://a.example\",\"parameters\":{%s}}",
                                "\"%d\":[],", "\"z\":1")),
                Arguments.of("unknown fields", filled("{", "\"%d\":1,", "\"z\":1}")),
                Arguments.of("one name again and again", filled("{", "\"a\":1,", "\"a\":1}")),
                Arguments.of("names of one hash", utf8(colliding())),
                Arguments.of("a long URL", url("https://" + "a".repeat(65_000))),
                Arguments.of("a URL of dots", url("https://" + "a.".repeat(32_000))),
                Arguments.of(
                        "a URL of percent signs", url("https://a.example/" + "%".repeat(60_000))),
                Arguments.of(
                        "a sip URI of dots",
                        utf8(
                                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Dial\",\"sip\":[{\"uri\":\"sip:"
                                        + "a.@".repeat(21_000)
                                        + "\"}]}]}")),
                Arguments.of(
                        "keys",
                        utf8(
                                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Record\",\"action_url\":\"https://a.example\",\"finish_on_key\":\""
                                        + "0".repeat(60_000)
                                        + "x\"}]}")),
                Arguments.of("numbers too long", filled("[", "1e-7,", "1]")),
                Arguments.of("blank", filled("", " \n", "")),
                Arguments.of("not UTF-8", filled("\"", "\uFFFD", "\"", new byte[] {(byte) 0xff})),
                Arguments.of("escapes", filled("[\"", "\\u0041", "\"]")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("laborious")
    void laborious_each_isJudgedWithin50Ms(String name, byte[] document) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int run = 0; run < RUNS; run++) {
            long before = threads.getCurrentThreadCpuTime();
            Report report = VOXML.read(document);
            least = Math.min(least, threads.getCurrentThreadCpuTime() - before);
            assertThat(report.errors().size() + report.warnings().size()).isBetween(0, 200);
        }
        System.err.printf("%s: %.1f ms%n", name, least / 1e6);
        assertThat(Duration.ofNanos(least)).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void bytes_ofAnyKind_areJudged() throws IOException {
        long seed = Long.getLong("voxml.seed", ThreadLocalRandom.current().nextLong());
        Random random = new Random(seed);
        List<String> documents =
                VoxmlTest.documents().map(arguments -> (String) arguments.get()[2]).toList();
        for (int i = 0; i < DOCUMENTS; i++) {
            byte[] document = changed(documents.get(random.nextInt(documents.size())), random);
            try {
                check(VOXML.read(document));
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "-Dvoxml.seed=%d, document %d: %s"
                                .formatted(seed, i, Arrays.toString(document)),
                        e);
            }
        }
    }

    private static void check(Report report) {
        assertThat(report.valid()).isEqualTo(report.errors().isEmpty());
        assertThat(report.document() != null).isEqualTo(report.valid());
        for (Finding finding : report.errors()) {
            assertThat(finding.pointer()).matches("(/[^/]*)*");
            assertThat(finding.reason()).isNotBlank();
            assertThat(finding.line()).isPositive();
            assertThat(finding.column()).isPositive();
        }
    }

    /** A document with a few things put in, left out or written over. */
    private static byte[] changed(String document, Random random) {
        StringBuilder text = new StringBuilder(document);
        for (int change = random.nextInt(5); change >= 0; change--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, PARTS.get(random.nextInt(PARTS.size())));
                case 1 -> text.delete(at, end);
                case 2 -> text.replace(at, end, PARTS.get(random.nextInt(PARTS.size())));
                default -> text.insert(at, text.substring(at, end).repeat(random.nextInt(40)));
            }
        }
        byte[] bytes = utf8(text.toString());
        for (int flip = random.nextInt(3); flip > 0 && bytes.length > 0; flip--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** Names with the same hash code: Aa and BB have it, and so has every row of them. */
    private static String colliding() {
        return IntStream.range(0, 2_048)
                .mapToObj(
                        i ->
                                IntStream.range(0, 11)
                                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Aa" : "BB")
                                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static byte[] url(String url) {
        return instructions("{\"verb\":\"Redirect\",\"url\":\"" + url + "\"}");
    }

    private static byte[] verbs(int count, String form, String value) {
        return instructions(
                Stream.generate(() -> form.formatted(value))
                        .limit(count)
                        .collect(Collectors.joining(",")));
    }

    private static byte[] within(String form, String each, String last) {
        String begin = "{\"voxml_version\":\"1.0\",\"instructions\":[" + form.split("%s", 2)[0];
        return filled(begin, each, last + form.split("%s", 2)[1] + "]}");
    }

    private static byte[] instructions(String text) {
        return utf8("{\"voxml_version\":\"1.0\",\"instructions\":[" + text + "]}");
    }

    /** As many repetitions as make the largest document that is read. */
    private static byte[] filled(String begin, String each, String end, byte... more) {
        StringBuilder text = new StringBuilder(begin);
        int free = Voxml.MAX_BYTES - utf8(begin + end).length - more.length;
        for (int i = 0; free > 0; i++) {
            String next = each.contains("%d") ? each.formatted(i) : each;
            free -= utf8(next).length;
            text.append(free < 0 ? "" : next);
        }
        byte[] written = utf8(text + end);
        byte[] whole = Arrays.copyOf(written, written.length + more.length);
        System.arraycopy(more, 0, whole, written.length, more.length);
        return whole;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
