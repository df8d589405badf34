package dev.ringback.dlq.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BarTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Bar bar(boolean interactive) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        InputStream in = InputStream.nullInputStream();
        return new Bar(new Terminal(stream, stream, in, interactive, 80), 4_000, 1_000);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void show_onATerminal_saysHowFarHowFastAndHowLong() {
        Bar bar = bar(true);

        Await.until(
                "shown",
                Duration.ofSeconds(5),
                () -> {
                    bar.show(2_000);
                    return !said().isEmpty();
                });
        bar.end();

        assertThat(said())
                .matches("\\r\\[#{12}-{12}] 2000/4000 \\d+/s \\S+ left\u001b\\[K\\r\u001b\\[K");
    }

    @Test
    void show_elsewhere_saysNothing() {
        Bar bar = bar(false);
        long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
        while (System.nanoTime() < end) {
            bar.show(2_000);
        }
        bar.end();

        assertThat(said()).isEmpty();
    }

    @Test
    void waits_twice_isSaidOnce() {
        Bar bar = bar(false);
        bar.waits("100 are under way");
        bar.waits("100 are under way");

        assertThat(said()).isEqualTo("waiting: 100 are under way, and no more go before that\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "59,59s",
        "60,1m00s",
        "725,12m05s",
        "3599,59m59s",
        "3600,1h00m",
        "90061,25h01m"
    })
    void time_isShort(long seconds, String text) {
        assertThat(Bar.time(seconds)).isEqualTo(text);
    }
}
