package dev.ringback.dlq.terminal;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a command that changes something is told whether it may. */
public final class ConsentOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do it without asking.")
    private boolean yes;

    /**
     * Checks that there is a way to learn what is wanted.
     *
     * @throws ParameterException when there is none, or two
     */
    public void check(Terminal terminal) {
        if (yes && dryRun) {
            throw wrong("--yes and --dry-run contradict each other");
        }
        if (!yes && !dryRun && !terminal.interactive()) {
            throw wrong("this is no terminal to ask on: say --yes, or --dry-run");
        }
    }

    /** Whether nothing may be done in any case. */
    public boolean dryRun() {
        return dryRun;
    }

    /** Whether it may be done: said before, or answered now. */
    public boolean given(Terminal terminal, String question) {
        return yes || terminal.agrees(question);
    }

    private ParameterException wrong(String message) {
        if (command == null) {
            throw new IllegalStateException("these options belong to no command");
        }
        return new ParameterException(command.commandLine(), message);
    }
}
