package dev.ringback.dlq.terminal;

import picocli.CommandLine.Option;

/** The option by which a command is told how to write its data. */
public final class FormatOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; json is an object a line. Default: table.")
    private Terminal.Format format = Terminal.Format.table;

    /** How data is to be written. */
    public Terminal.Format format() {
        return format;
    }
}
