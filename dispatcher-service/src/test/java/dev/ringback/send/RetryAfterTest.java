package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    120                             | 120
                    0                               | 0
                    -5                              | 0
                    1.5                             | 0
                    9999999999                      | 999999999
                    00000000000120                  | 120
                    120, 120                        | 120
                    60, 180, soon                   | 180
                    Mon, 23 Nov 2026 10:02:00 UTC   | 120
                    23 Nov 2026 10:02:00 GMT        | 120
                    60, Mon, 23 Nov 2026 10:02:00 GMT | 120
                    soon                            | 0
                    Mon, 23 Nov 2026 10:02:00 GMT   | 120
                    Monday, 23-Nov-26 10:02:00 GMT  | 120
                    Mon Nov 23 10:02:00 2026        | 120
                    Tue Dec  1 10:00:00 2026        | 691200
                    Mon, 23 Nov 2026 09:58:00 GMT   | 0
                    Sunday, 06-Nov-94 08:49:37 GMT  | 0
                    Sun Nov  6 08:49:37 1994        | 0
                    Tue, 23 Nov 2026 10:02:00 GMT   | 120
                    Tuesday, 23-Nov-26 10:02:00 GMT | 120
                    Tue Nov 23 10:02:00 2026        | 120
                    """)
    void asked_formsOfRfc9110_areRead(String text, long seconds) {
        assertThat(RetryAfter.asked(Map.of("retry-after", text), NOW))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({"Sunday 23-Nov-70,true", "Wednesday 23-Nov-77,false", "Monday 23-Nov-76,true"})
    void asked_yearOfTwoDigits_isAtMostFiftyYearsAhead(String day, boolean ahead) {
        String text = day.replace(" ", ", ") + " 10:00:00 GMT";
        assertThat(RetryAfter.asked(Map.of("retry-after", text), NOW).isPositive())
                .isEqualTo(ahead);
    }
}
