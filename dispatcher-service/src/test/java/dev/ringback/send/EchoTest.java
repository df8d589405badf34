package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EchoTest {
    private static final List<String> SECRETS = List.of("Bearer t0ken-of-mine", "sha256=abcdef");

    @Test
    void repeatedValue_isTakenOutOfHeadersAndBody() {
        Reply.Answered answer =
                Echo.without(
                        SECRETS,
                        new Reply.Answered(
                                500,
                                Map.of("x-echo", "got sha256=abcdef", "date", "today"),
                                "{\"authorization\":\"Bearer t0ken-of-mine\",\"token\":"
                                        + "\"t0ken-of-mine\"}",
                                false));
        assertThat(answer.headers())
                .containsEntry("x-echo", "got ***")
                .containsEntry("date", "today");
        assertThat(answer.body()).isEqualTo("{\"authorization\":\"***\",\"token\":\"***\"}");
    }

    @Test
    void valueInAnyUsualEncoding_isTakenOut() {
        List<String> secrets = List.of("Token token=\"abc/def\" ", "a\\b&c/d'e");
        String body =
                "{\"a\":\"Token token=\\\"abc/def\\\"\",\"b\":\"token=\\\"abc\\/def\\\"\"}"
                        + " a\\\\b&c\\/d'e a\\b&amp;c/d&#39;e a%5Cb%26c%2Fd%27e";
        assertThat(Echo.without(secrets, new Reply.Answered(500, Map.of(), body, false)).body())
                .isEqualTo("{\"a\":\"***\",\"b\":\"***\"} *** *** ***");
    }

    @Test
    void cutBody_doesNotEndInTheStartOfAValue() {
        Reply.Answered answer =
                Echo.without(SECRETS, new Reply.Answered(500, Map.of(), "it was sha256=abc", true));
        assertThat(answer.body()).isEqualTo("it was ***");
    }

    @Test
    void otherBody_staysAsItIs() {
        Reply.Answered answer = new Reply.Answered(200, Map.of("a", "b"), "ok", false);
        assertThat(Echo.without(SECRETS, answer)).isEqualTo(answer);
    }
}
