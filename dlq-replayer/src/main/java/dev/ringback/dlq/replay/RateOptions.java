package dev.ringback.dlq.replay;

import dev.ringback.schemas.Units;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a replay is told how fast it may go. */
final class RateOptions {
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

    /** What they say. */
    Replayer.Rates rates() {
        return new Replayer.Rates(
                perSecond("--rate", total), perSecond("--endpoint-rate", ofEndpoint));
    }

    private double perSecond(String name, @Nullable String text) {
        try {
            return text == null ? Pace.FREE : Units.perSecond(text);
        } catch (IllegalArgumentException e) {
            if (command == null) {
                throw e;
            }
            throw new ParameterException(command.commandLine(), name + ": " + e.getMessage(), e);
        }
    }
}
