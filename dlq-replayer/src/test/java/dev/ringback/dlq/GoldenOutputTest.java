package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What commands write, to the byte, as golden files have it: scripts and people rely on it. After a
 * wanted change, {@code mvn -pl dlq-replayer -am test -Dgolden.write=true} writes them anew; read
 * what git says of them.
 */
class GoldenOutputTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String JOB = "(rpl|prg|rcv)_[0-9a-f]{8}-[0-9a-f-]{27}";
    private static final String ENDPOINT = "ep_01JD5K2V9WQ3X8Y7Z6A5B4C3D";

    private static DeadLetters letters;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        DeadLetters.Dead first = dead("dlv_dGhlIGZpcnN0IG9mIGFs").endpoint(ENDPOINT + "1");
        letters.died(
                first.ago(Duration.ofDays(2)),
                dead("dlv_YW5vdGhlciBvbmUgaGVy")
                        .endpoint(ENDPOINT + "2")
                        .type("call.tool_invoked")
                        .reason(Reason.endpoint_disabled)
                        .status(null)
                        .ago(Duration.ofHours(3)),
                dead("dlv_b25lIHRoYXQgaXMgZ29u")
                        .endpoint(ENDPOINT + "1")
                        .reason(Reason.gone)
                        .status(410)
                        .ago(Duration.ofMinutes(5)),
                first.replayedBefore(1).ago(Duration.ofMinutes(90)),
                dead("dlv_cHVyZ2Vk").endpoint(ENDPOINT + "1").account("acc_old"));
        letters.attempted(first, 1, Attempt.Trigger.scheduled, Attempt.Result.retry);
        letters.attempted(first, 2, Attempt.Trigger.scheduled, Attempt.Result.dead);
        run("purge --account acc_old --yes --by ada@desk");
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    list                 | list
                    list-wide            | 140 list
                    list-json            | list --format json
                    list-limit           | list --limit 1
                    list-nothing         | list --endpoint ep_none
                    show                 | show dlv_dGhlIGZpcnN0IG9mIGFs
                    show-json            | show dlv_dGhlIGZpcnN0IG9mIGFs --format json
                    show-purged          | show dlv_cHVyZ2Vk
                    show-unknown         | show dlv_none
                    stats                | stats
                    stats-endpoint       | stats --by endpoint
                    stats-limit          | stats --limit 1
                    stats-json           | stats --by age --format json
                    purge-plan           | purge --reason gone --dry-run
                    purge-plan-json      | purge --reason gone --dry-run --format json
                    replay-plan          | replay --reason gone --dry-run
                    replay-plan-json     | replay --reason gone --dry-run --format json
                    replay-nothing       | replay --endpoint ep_none --yes
                    replay-unknown       | replay --delivery dlv_none --yes
                    purge-nothing        | purge --endpoint ep_none --yes
                    recover-unknown      | recover --endpoint ep_none --since 1h --yes
                    jobs                 | jobs
                    jobs-wide            | 140 jobs
                    jobs-unknown         | jobs none
                    help                 | --help
                    help-list            | list --help
                    help-show            | show --help
                    help-stats           | stats --help
                    help-replay          | replay --help
                    help-purge           | purge --help
                    help-recover         | recover --help
                    help-jobs            | jobs --help
                    error-command        | burn
                    error-no-command     | ''
                    error-no-id          | show
                    error-option         | list --colour red
                    error-limit          | list --limit 0
                    error-limit-all      | list --limit all
                    error-since          | list --since tomorrow
                    error-future         | list --since 2026-11-24T12:00:00Z
                    error-span           | list --since 1h --until 2h
                    error-event-type     | stats --event-type call.eaten
                    error-reason         | stats --reason bored
                    error-status         | stats --status 99
                    error-by             | stats --by mood
                    error-purge-which    | purge --yes
                    error-purge-both     | purge --all --endpoint ep_1 --yes
                    error-purge-limit    | purge --all --limit 3 --yes
                    error-stats-limit    | stats --limit 0
                    error-consent        | purge --all
                    error-consent-both   | purge --all --yes --dry-run
                    error-replay-which   | replay --yes
                    error-replay-both    | replay --all --endpoint ep_1 --yes
                    error-replay-rate    | replay --all --rate fast --yes
                    error-replay-share   | replay --all --stop-at-failures 120% --yes
                    error-replay-max     | replay --all --max 0 --yes
                    error-replay-job     | replay --all --job a/b --yes
                    error-recover-since  | recover --endpoint ep_1 --yes
                    error-recover-kept   | recover --endpoint ep_1 --since 8d --yes
                    error-recover-whom   | recover --since 1d --yes
                    """)
    void command_output_equalsTheGoldenFile(String name, String line) throws IOException {
        DeadLetters.Ran ran = run(line);

        String actual =
                "$ ringback dlq %s\n%s--- stderr\n%s--- exit %d\n"
                        .formatted(line, ran.out(), ran.err(), ran.code())
                        .replaceAll(JOB, "$1_…");
        Path file = GOLDEN.resolve(name + ".txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, actual);
        }
        assertThat(actual).isEqualTo(Files.readString(file));
        if (name.startsWith("error")) {
            assertThat(ran.code()).isEqualTo(2);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err()).hasLineCount(1);
        }
        if (!line.contains("json") && !name.contains("wide") && ran.code() == 0) {
            assertThat(ran.out().lines()).allMatch(text -> text.length() <= 80);
        }
    }

    private static DeadLetters.Ran run(String line) {
        List<String> words = List.of(line.isEmpty() ? new String[0] : line.split(" "));
        boolean wide = line.startsWith("140 ");
        Settings settings =
                letters.kafka().settings(wide ? Map.of(Setting.COLUMNS.name(), "140") : Map.of());
        List<String> args = wide ? words.subList(1, words.size()) : words;
        return DeadLetters.run(settings, "", args.toArray(String[]::new));
    }
}
