package dev.ringback.console.web.view;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.Map;

/**
 * Fills in templates. They were compiled with the rest, and escape all that they are given for the
 * place where it stands. Thread-safe.
 */
public final class Templates {
    private static final String PACKAGE = "dev.ringback.console.web.template";

    private final TemplateEngine engine =
            TemplateEngine.createPrecompiled(null, ContentType.Html, null, PACKAGE);

    /** The HTML of a page. */
    public String html(String template, Frame frame, Object page) {
        StringOutput out = new StringOutput();
        engine.render(template + ".jte", Map.of("frame", frame, "page", page), out);
        return out.toString();
    }
}
