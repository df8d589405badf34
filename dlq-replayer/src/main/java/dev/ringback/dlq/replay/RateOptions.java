package dev.ringback.dlq.replay;

import dev.ringback.schemas.Units;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a replay is told how fast it may go. */
final class RateOptions {
    private static final Pattern SHARE = Pattern.compile("\\d{1,3}(\\.\\d{1,3})?%");
    private static final double WHOLE = 100;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description = "No faster than this, such as 100/s. Default: as fast as Kafka goes.")
    private @Nullable String total;

    @Option(
            names = "--endpoint-rate",
            paramLabel = "RATE",
            description = "No faster than this to any one endpoint.")
    private @Nullable String ofEndpoint;

    @Option(
            names = "--stop-at-failures",
            paramLabel = "SHARE",
            description =
                    "Stop when this share, such as 20%%, of what was replayed and has an outcome"
                            + " failed again; not before 20 have one. No more than 100 go ahead of"
                            + " theirs.")
    private @Nullable String failures;

    /** What they say. */
    Replayer.Rates rates() {
        return new Replayer.Rates(
                perSecond("--rate", total), perSecond("--endpoint-rate", ofEndpoint));
    }

    /** The share of failures at which to stop, if there is one: more than 0, at most 1. */
    Optional<Double> failures() {
        if (failures == null) {
            return Optional.empty();
        }
        double percent = SHARE.matcher(failures).matches() ? percent(failures) : 0;
        if (percent <= 0 || percent > WHOLE) {
            throw wrong(
                    "--stop-at-failures: '%s' is not a share such as 20%%".formatted(failures),
                    null);
        }
        return Optional.of(percent / WHOLE);
    }

    private static double percent(String share) {
        return Double.parseDouble(share.substring(0, share.length() - 1));
    }

    /** The same options, to be said again. */
    String again() {
        return again("--rate", total)
                + again("--endpoint-rate", ofEndpoint)
                + again("--stop-at-failures", failures);
    }

    private static String again(String name, @Nullable String value) {
        return value == null ? "" : " " + name + " " + value;
    }

    private double perSecond(String name, @Nullable String text) {
        try {
            return text == null ? Pace.FREE : Units.perSecond(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name + ": " + e.getMessage(), e);
        }
    }

    private RuntimeException wrong(String message, @Nullable Exception cause) {
        return command == null
                ? new IllegalArgumentException(message, cause)
                : new ParameterException(command.commandLine(), message, cause);
    }
}
