package dev.ringback.console.web.page;

import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.voxml.Report;
import dev.ringback.voxml.Voxml;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A place to paste VoxML and see whether a platform can follow it. */
public final class VoxmlPage {
    private static final String SAMPLE =
            """
            {
              "voxml_version": "1.0",
              "instructions": [
                {"verb": "Say", "text": "Welcome. One moment, please."},
                {"verb": "Dial", "numbers": [{"number": "+15550100"}]}
              ]
            }
            """;

    private final Voxml voxml;

    /** Judges as answers to answer requests are judged. */
    public VoxmlPage(Voxml voxml) {
        this.voxml = voxml;
    }

    /**
     * What the page shows.
     *
     * @param text what stands in the field
     * @param report what it turned out to be; null: it was not checked yet
     */
    public record Checked(String text, @Nullable Report report) {
        /** Whether there is a verdict. */
        public boolean isJudged() {
            return report != null;
        }

        /** The verdict, once there is one. */
        public Report verdict() {
            if (report == null) {
                throw new IllegalStateException("not judged");
            }
            return report;
        }
    }

    /** Shows an empty field, with a sample in it. */
    public void show(Visit visit) {
        visit.show("voxml", "VoxML", Section.VOXML, new Checked(SAMPLE, null));
    }

    /** Judges what was pasted. */
    public void check(Visit visit) {
        String text = visit.form("voxml");
        Report report = voxml.read(text.getBytes(StandardCharsets.UTF_8));
        visit.show("voxml", "VoxML", Section.VOXML, new Checked(text, report));
    }
}
