package dev.ringback.quickstart;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.receive.Receiver;
import dev.ringback.receive.Receiver.Behaviour;
import dev.ringback.receive.Receiver.Webhook;
import dev.ringback.receive.Verifier;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** {@code ringback listen}: a local receiver that verifies and prints webhooks. */
@Command(
        name = "listen",
        description = {
            "Receives webhooks on 127.0.0.1, verifies and prints them. Needs no services.",
            "Answers 200, or 401 when a webhook fails its verification."
        })
final class Listen implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    private final Surroundings surroundings;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "3000",
            description = "Where to listen (${DEFAULT-VALUE}); 0 for any free port.")
    private int port;

    @Option(
            names = "--secret",
            paramLabel = "S",
            description = "The endpoint's secret, or its public key, to verify with.")
    private @Nullable String secret;

    @Option(
            names = "--dialect",
            paramLabel = "D",
            defaultValue = "standard",
            description = "Whose signatures to expect (${DEFAULT-VALUE}).")
    private String dialect = "standard";

    @Option(names = "--status", paramLabel = "N", description = "Answers this, whatever comes.")
    private @Nullable Integer status;

    @Option(
            names = "--delay",
            paramLabel = "5s",
            defaultValue = "0s",
            description = "Waits this long before each answer.")
    private Duration delay = Duration.ZERO;

    @Option(
            names = "--fail-first",
            paramLabel = "N",
            defaultValue = "0",
            description = "Answers the first N attempts of each delivery with 503.")
    private int failFirst;

    Listen(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        Settings.load(surroundings.environment());
        require(port >= 0 && port <= 65_535, "--port: " + port + " is not a port");
        require(
                status == null || (status >= 200 && status <= 599),
                "--status: " + status + " is not from 200 to 599");
        require(delay.compareTo(LONGEST_DELAY) <= 0, "--delay: longer than an hour");
        require(failFirst >= 0, "--fail-first: " + failFirst + " is less than none");
        Optional<Verifier> verifier = verifier();
        Behaviour behaviour = new Behaviour(status, delay, failFirst);
        try (Receiver receiver =
                new Receiver(
                        port, behaviour, surroundings.clock(), path -> verifier, this::print)) {
            receiver.start();
            surroundings.out().println(greeting(receiver.url(), verifier.isPresent()));
            surroundings.stop().await();
        } catch (IOException e) {
            throw new Ringback.Refused(Ports.taken(port, "use another --port"));
        }
        return 0;
    }

    private Optional<Verifier> verifier() {
        Dialect spoken = Dialects.named(dialect).orElse(null);
        String known = Dialects.all().stream().map(Dialect::name).collect(Collectors.joining(", "));
        if (spoken == null) {
            throw misused("--dialect: '" + dialect + "' is none of " + known);
        }
        if (secret == null) {
            return Optional.empty();
        }
        Verifier.faultIn(spoken, secret)
                .ifPresent(
                        fault -> {
                            throw misused("--secret: " + fault);
                        });
        return Optional.of(new Verifier(spoken.signature(), secret, surroundings.clock()));
    }

    private String greeting(String url, boolean verifying) {
        return "listening on "
                + url
                + (verifying
                        ? ", verifying " + dialect + " signatures"
                        : " (not verified: no --secret)")
                + "; Ctrl-C stops it";
    }

    private void print(Webhook webhook) {
        String head =
                "%s  %s %s  %s  attempt %s  %s  answered %d%s"
                        .formatted(
                                TIME.format(webhook.at()),
                                webhook.method(),
                                webhook.path(),
                                webhook.delivery().isEmpty() ? "-" : webhook.delivery(),
                                webhook.attempt(),
                                webhook.check().text(),
                                webhook.status(),
                                delay.isZero() ? "" : " after " + Units.text(delay));
        surroundings.out().println("\n" + head + "\n" + pretty(webhook.body()));
    }

    private static String pretty(byte[] body) {
        try {
            return Json.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Json.parse(body));
        } catch (JacksonException e) {
            return new String(body, StandardCharsets.UTF_8)
                    .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
        }
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw misused(otherwise);
        }
    }

    private ParameterException misused(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli has set nothing");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
