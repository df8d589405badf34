package dev.ringback.quickstart;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Json;
import dev.ringback.voxml.Finding;
import dev.ringback.voxml.Report;
import dev.ringback.voxml.Voxml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback voxml validate}: whether a file is VoxML, and what is wrong with it. */
@Command(
        name = "validate",
        description = {
            "Says whether a file is VoxML that an answer request may be answered with.",
            "Exit code: 0 valid, 1 not valid, 2 asked wrongly."
        })
final class ValidateVoxml implements Callable<Integer> {
    private static final String STANDARD_INPUT = "-";
    private static final int NOT_VALID = 1;

    private final Surroundings surroundings;

    @Spec private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The document; - reads standard input.")
    private String file = STANDARD_INPUT;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}; json is one object. Default: text.")
    private Format format = Format.text;

    /** How the verdict is printed. */
    enum Format {
        text,
        json
    }

    /** {@code ringback voxml}: what there is for VoxML. */
    @Command(name = "voxml", description = "VoxML, with which subscribers steer calls.")
    static final class Group implements Callable<Integer> {
        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            throw new ParameterException(line(spec), "say what to do: voxml validate FILE");
        }
    }

    ValidateVoxml(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        boolean allowHttp = Settings.load(surroundings.environment()).get(Setting.ALLOW_HTTP);
        Report report = new Voxml(allowHttp).read(bytes());
        switch (format) {
            case json -> surroundings.out().println(json(report));
            case text -> {
                report.errors().forEach(error -> print("error", error));
                report.warnings().forEach(warning -> print("warning", warning));
                surroundings.out().println(report.valid() ? "valid" : "not valid");
            }
        }
        return report.valid() ? 0 : NOT_VALID;
    }

    private void print(String kind, Finding finding) {
        String name = file.equals(STANDARD_INPUT) ? "standard input" : file;
        String place = name + ":" + finding.line() + ":" + finding.column();
        surroundings.out().println(place + ": " + kind + ": " + finding.text());
    }

    private static String json(Report report) {
        ObjectNode json = Json.object().put("valid", report.valid());
        json.putPOJO("errors", report.errors());
        json.putPOJO("warnings", report.warnings());
        return Json.text(json);
    }

    /** One byte more than a document may have shows that it is too large. */
    private byte[] bytes() {
        try (InputStream in =
                file.equals(STANDARD_INPUT)
                        ? surroundings.in()
                        : Files.newInputStream(Path.of(file))) {
            return in.readNBytes(Voxml.MAX_BYTES + 1);
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "no such file" : e.getMessage();
            throw new ParameterException(line(spec), "cannot read " + file + ": " + why);
        }
    }

    private static picocli.CommandLine line(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli has set nothing");
        }
        return spec.commandLine();
    }
}
