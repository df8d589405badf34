package dev.ringback.quickstart;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of an installation as lines that both a shell and {@code RINGBACK_CONFIG} read, for
 * the commands that are to find it.
 */
final class EnvFile {
    static final String NAME = "ringback.env";

    /** What belongs to one process and not to the installation. */
    private static final Set<String> OWN = Set.of(Setting.CONFIG.name(), Setting.TTY.name());

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:,@%+=-]+");

    private EnvFile() {}

    /** The lines; what is empty is left out. */
    static String text(Settings settings) {
        StringBuilder lines = new StringBuilder("# For a shell, or for RINGBACK_CONFIG.\n");
        settings.texts()
                .forEach(
                        (name, value) -> {
                            if (!value.isEmpty() && !OWN.contains(name)) {
                                lines.append(name).append('=').append(quoted(value)).append('\n');
                            }
                        });
        return lines.toString();
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
