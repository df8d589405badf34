package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScrapeTest {
    private final Scrape scrape =
            Scrape.parse(
                    """
                    # HELP ringback_attempts_total attempts made
                    ringback_attempts_total{outcome="dead"} 2.0
                    ringback_attempts_total{outcome="retry"} 1.5E3
                    process_cpu_usage 0.25
                    """);

    @Test
    void value_isThatOfTheTag() {
        assertThat(scrape.value("ringback_attempts_total", "outcome", "retry")).isEqualTo(1_500);
        assertThat(scrape.value("ringback_attempts_total", "outcome", "deferred")).isZero();
    }

    @Test
    void sum_isOverAllTags() {
        assertThat(scrape.sum("ringback_attempts_total")).isEqualTo(1_502);
        assertThat(scrape.sum("process_cpu_usage")).isEqualTo(0.25);
    }
}
