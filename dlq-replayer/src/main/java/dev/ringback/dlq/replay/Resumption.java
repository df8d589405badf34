package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.scan.FilterOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** What is said to a job that is there already: nothing, or what it was told when it began. */
final class Resumption {
    private final FilterOptions options;
    private final Job job;
    private final List<String> different = new ArrayList<>();

    Resumption(FilterOptions options, Job job) {
        this.options = options;
        this.job = job;
    }

    /**
     * Compares what is said now with what the job was told.
     *
     * @throws ParameterException when there is a difference
     */
    void check(boolean all, boolean again, @Nullable Integer max, @Nullable Integer maxReplays) {
        Job.Asked asked = job.asked();
        if (job.kind() != Job.Kind.replay || asked == null) {
            throw options.wrong(
                    "job %s is a %s: it cannot be replayed".formatted(job.name(), job.kind()));
        }
        Map<String, String> said = options.said();
        if (!said.isEmpty() || all) {
            compareFilters(said);
        }
        compare("again", again, !asked.again());
        compare("max", max != null, max != null && !Objects.equals(asked.max(), (long) max));
        compare("max-replays", maxReplays != null, !Objects.equals(asked.maxReplays(), maxReplays));
        if (!different.isEmpty()) {
            throw options.wrong(
                    "job %s was begun with other %s: say only --job to go on"
                            .formatted(job.name(), String.join(" ", different)));
        }
    }

    private void compareFilters(Map<String, String> said) {
        TreeSet<String> names = new TreeSet<>(said.keySet());
        names.addAll(job.filters().keySet());
        for (String one : names) {
            compare(one, true, !Objects.equals(said.get(one), job.filters().get(one)));
        }
    }

    private void compare(String option, boolean said, boolean differs) {
        if (said && differs) {
            different.add("--" + option);
        }
    }
}
