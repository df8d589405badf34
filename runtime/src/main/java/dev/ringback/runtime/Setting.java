package dev.ringback.runtime;

import dev.ringback.network.Cidr;
import dev.ringback.network.EgressProxy;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Units;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thing that can be set, and the list of all of them. Every command knows every setting, so
 * that one file can serve all services.
 *
 * @param name the environment variable
 * @param fallback the text that stands when nothing is set
 * @param reader turns text into the value; throws {@link IllegalArgumentException} saying what it
 *     wanted
 * @param secret whether its value is masked wherever it is printed
 * @param meaning one line for the documentation
 */
public record Setting<T>(
        String name, String fallback, Function<String, T> reader, boolean secret, String meaning) {

    /** Client properties of Kafka follow this prefix. */
    public static final String KAFKA_PROPERTY_PREFIX = "RINGBACK_KAFKA_PROP_";

    public static final Setting<Optional<Path>> CONFIG =
            open("RINGBACK_CONFIG", "", Setting::path, "a file of NAME=value lines");
    public static final Setting<String> KAFKA =
            open(
                    "RINGBACK_KAFKA_BOOTSTRAP_SERVERS",
                    "127.0.0.1:9092",
                    Setting::text,
                    "where Kafka is");
    public static final Setting<Integer> PARTITIONS =
            open(
                    "RINGBACK_PARTITIONS",
                    "12",
                    number(1, 1_000),
                    "partitions of the topics that belong to calls");
    public static final Setting<Optional<Integer>> REPLICATION =
            open(
                    "RINGBACK_REPLICATION",
                    "",
                    optional(number(1, 15)),
                    "copies of each partition; 3, or the number of brokers if fewer");
    public static final Setting<RetryLadder> RETRY_RUNGS =
            open(
                    "RINGBACK_RETRY_RUNGS",
                    RetryLadder.DEFAULT,
                    RetryLadder::parse,
                    "delays of the retry topics, ascending");
    public static final Setting<String> API_KEYS =
            hidden(
                    "RINGBACK_API_KEYS",
                    readableBy(ApiKeys::parse),
                    "name=scopes@accounts:KEY or name=scopes@accounts:sha256:HEX, separated by ;");
    public static final Setting<String> API_KEY =
            hidden("RINGBACK_API_KEY", Setting::text, "the key that commands use as clients");
    public static final Setting<String> MASTER_KEY =
            hidden(
                    "RINGBACK_MASTER_KEY",
                    readableBy(SecretBox::check),
                    "id:base64 of 32 bytes, comma separated, first seals; encrypts secrets");
    public static final Setting<List<Cidr>> EGRESS_ALLOW =
            open(
                    "RINGBACK_EGRESS_ALLOW",
                    "",
                    Setting::cidrs,
                    "address ranges webhooks may go to although the egress guard blocks them");
    public static final Setting<Optional<EgressProxy>> EGRESS_PROXY =
            open(
                    "RINGBACK_EGRESS_PROXY",
                    "",
                    optional(EgressProxy::parse),
                    "http://[user:password@]host:port of a proxy that all webhooks go through");
    public static final Setting<Boolean> ALLOW_HTTP =
            open("RINGBACK_ALLOW_HTTP", "false", Setting::flag, "lifts every https-only rule");
    public static final Setting<String> BIND_ADDRESS =
            open("RINGBACK_BIND_ADDRESS", "127.0.0.1", Setting::text, "address to listen on");
    public static final Setting<Integer> INGEST_PORT =
            open("RINGBACK_INGEST_PORT", "8080", Setting::port, "port of ingest");
    public static final Setting<Integer> CONSOLE_PORT =
            open("RINGBACK_CONSOLE_PORT", "8081", Setting::port, "port of the console");
    public static final Setting<Integer> DISPATCHER_PORT =
            open("RINGBACK_DISPATCHER_PORT", "8082", Setting::port, "health and metrics only");
    public static final Setting<Integer> KAFKA_PORT =
            open("RINGBACK_KAFKA_PORT", "9092", Setting::port, "port of the embedded Kafka");
    public static final Setting<String> INGEST_URL =
            open(
                    "RINGBACK_INGEST_URL",
                    "",
                    Setting::text,
                    "where commands and the dashboard find ingest");
    public static final Setting<String> CONSOLE_URL =
            open("RINGBACK_CONSOLE_URL", "", Setting::text, "where commands find the console");
    public static final Setting<String> DISPATCHER_URL =
            open("RINGBACK_DISPATCHER_URL", "", Setting::text, "where dispatcher answers health");
    public static final Setting<Duration> INGEST_DEADLINE =
            open(
                    "RINGBACK_INGEST_DEADLINE",
                    "10s",
                    Units::duration,
                    "how long a POST waits for Kafka before it answers 503");
    public static final Setting<Optional<Double>> INGEST_RATE =
            open(
                    "RINGBACK_INGEST_RATE",
                    "",
                    optional(Units::perSecond),
                    "events an API key may post, as 500/s, before it is answered 429");
    public static final Setting<Long> INGEST_BUFFER =
            open(
                    "RINGBACK_INGEST_BUFFER",
                    "128MiB",
                    Units::bytes,
                    "bytes of requests under way before further ones are answered 503");
    public static final Setting<Duration> CALL_RETENTION =
            open(
                    "RINGBACK_CALL_RETENTION",
                    "7d",
                    Units::duration,
                    "how long a call is remembered after its last event");
    public static final Setting<Path> STATE_DIR =
            open(
                    "RINGBACK_STATE_DIR",
                    ".ringback/state",
                    Path::of,
                    "local state; it is rebuilt from Kafka when lost");
    public static final Setting<Integer> LIVE_SLOTS =
            open(
                    "RINGBACK_LIVE_SLOTS",
                    "2048",
                    number(1, 100_000),
                    "first attempts under way at once");
    public static final Setting<Integer> RETRY_SLOTS =
            open("RINGBACK_RETRY_SLOTS", "512", number(1, 100_000), "retries under way at once");
    public static final Setting<Integer> REPLAY_SLOTS =
            open("RINGBACK_REPLAY_SLOTS", "256", number(1, 100_000), "replays under way at once");
    public static final Setting<Integer> ANSWER_SLOTS =
            open(
                    "RINGBACK_ANSWER_SLOTS",
                    "1024",
                    number(1, 100_000),
                    "answer requests under way at once, first tries and retries each");
    public static final Setting<Integer> UNHEALTHY_AFTER =
            open(
                    "RINGBACK_UNHEALTHY_AFTER",
                    "10",
                    number(1, 1_000_000),
                    "failed attempts in a row that make an endpoint unhealthy");
    public static final Setting<Duration> DISABLE_AFTER =
            open(
                    "RINGBACK_DISABLE_AFTER",
                    "5d",
                    Units::duration,
                    "how long an endpoint may fail without a success before it is disabled");
    public static final Setting<Duration> CONSOLE_RETENTION =
            open(
                    "RINGBACK_CONSOLE_RETENTION",
                    "30d",
                    Units::duration,
                    "how long the console remembers a delivery, a call and an endpoint's hours");
    public static final Setting<Integer> CONSOLE_STANDBYS =
            open(
                    "RINGBACK_CONSOLE_STANDBYS",
                    "1",
                    number(0, 5),
                    "copies of its stores that further instances of the console keep");
    public static final Setting<String> CONSOLE_ADVERTISED =
            open(
                    "RINGBACK_CONSOLE_ADVERTISED",
                    "",
                    Setting::text,
                    "host:port at which other instances of the console reach this one");
    public static final Setting<String> LOG_FORMAT =
            open("RINGBACK_LOG_FORMAT", "plain", oneOf("plain", "json"), "plain or json");
    public static final Setting<String> LOG_LEVEL =
            open(
                    "RINGBACK_LOG_LEVEL",
                    "info",
                    oneOf("error", "warn", "info", "debug"),
                    "error, warn, info or debug");
    public static final Setting<Boolean> TTY =
            open("RINGBACK_TTY", "false", Setting::flag, "set by the launcher on a terminal");
    public static final Setting<Integer> COLUMNS =
            open(
                    "RINGBACK_COLUMNS",
                    "80",
                    number(40, 1_000),
                    "set by the launcher to the width of the terminal");

    /** Every setting there is, in the order of the documentation. */
    public static final List<Setting<?>> ALL =
            List.of(
                    CONFIG,
                    KAFKA,
                    PARTITIONS,
                    REPLICATION,
                    RETRY_RUNGS,
                    API_KEYS,
                    API_KEY,
                    MASTER_KEY,
                    EGRESS_ALLOW,
                    EGRESS_PROXY,
                    ALLOW_HTTP,
                    BIND_ADDRESS,
                    INGEST_PORT,
                    CONSOLE_PORT,
                    DISPATCHER_PORT,
                    KAFKA_PORT,
                    INGEST_URL,
                    CONSOLE_URL,
                    DISPATCHER_URL,
                    INGEST_DEADLINE,
                    INGEST_RATE,
                    INGEST_BUFFER,
                    CALL_RETENTION,
                    STATE_DIR,
                    LIVE_SLOTS,
                    RETRY_SLOTS,
                    REPLAY_SLOTS,
                    ANSWER_SLOTS,
                    UNHEALTHY_AFTER,
                    DISABLE_AFTER,
                    CONSOLE_RETENTION,
                    CONSOLE_STANDBYS,
                    CONSOLE_ADVERTISED,
                    LOG_FORMAT,
                    LOG_LEVEL,
                    TTY,
                    COLUMNS);

    private static <T> Setting<T> open(
            String name, String fallback, Function<String, T> reader, String meaning) {
        return new Setting<>(name, fallback, reader, false, meaning);
    }

    private static Setting<String> hidden(
            String name, Function<String, String> reader, String meaning) {
        return new Setting<>(name, "", reader, true, meaning);
    }

    /** Text that another reader must be able to read. */
    private static Function<String, String> readableBy(Consumer<String> reader) {
        return text -> {
            if (!text.isEmpty()) {
                reader.accept(text);
            }
            return text;
        };
    }

    private static String text(String text) {
        return text;
    }

    private static Optional<Path> path(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static List<Cidr> cidrs(String text) {
        return text.isBlank()
                ? List.of()
                : List.of(text.strip().split("[\\s,]+")).stream().map(Cidr::parse).toList();
    }

    private static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
        };
    }

    private static int port(String text) {
        return number(0, 65_535).apply(text);
    }

    private static Function<String, Integer> number(int least, int most) {
        return text -> {
            if (text.matches("\\d{1,9}")) {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is not a whole number from " + least + " to " + most);
        };
    }

    private static <T> Function<String, Optional<T>> optional(Function<String, T> reader) {
        return text -> text.isEmpty() ? Optional.empty() : Optional.of(reader.apply(text));
    }

    private static Function<String, String> oneOf(String... words) {
        return text -> {
            if (List.of(words).contains(text)) {
                return text;
            }
            throw new IllegalArgumentException(
                    "'" + text + "' is not one of " + String.join(", ", words));
        };
    }
}
