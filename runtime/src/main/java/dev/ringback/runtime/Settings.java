package dev.ringback.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is set: environment variables first, then the file that {@link Setting#CONFIG} names, then
 * each setting's own fallback. Checked whole before anything starts. Immutable.
 */
public final class Settings {
    private static final String PREFIX = "RINGBACK_";
    private static final String MASK = "********";
    private static final List<String> SECRET_WORDS =
            List.of("password", "jaas", "key", "secret", "token", "credential");

    private final Map<String, String> texts;

    private Settings(Map<String, String> texts) {
        this.texts = Map.copyOf(texts);
    }

    /** A setting that cannot be: its message is the one line to show. */
    public static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** An invalid setting, named by the message. */
        public Invalid(String message) {
            super(message);
        }
    }

    /**
     * Reads and checks all settings.
     *
     * @param environment of the process
     * @throws Invalid naming the first key that is unknown or has a bad value
     */
    public static Settings load(Map<String, String> environment) {
        Map<String, String> texts = new TreeMap<>();
        String file = environment.getOrDefault(Setting.CONFIG.name(), "");
        if (!file.isEmpty()) {
            texts.putAll(file(Path.of(file)));
        }
        environment.forEach(
                (name, value) -> {
                    if (name.startsWith(PREFIX)) {
                        texts.put(name, value);
                    }
                });
        Settings settings = new Settings(texts);
        settings.check();
        return settings;
    }

    /** The same settings with one of them set to another text. */
    public Settings with(Setting<?> setting, String text) {
        Map<String, String> changed = new HashMap<>(texts);
        changed.put(setting.name(), text);
        Settings settings = new Settings(changed);
        settings.read(setting);
        return settings;
    }

    /** The same settings, with a text for what nobody has set. */
    public Settings orElse(Setting<?> setting, String text) {
        return isSet(setting) ? this : with(setting, text);
    }

    /** Whether somebody set it. */
    public boolean isSet(Setting<?> setting) {
        return !texts.getOrDefault(setting.name(), "").isEmpty();
    }

    /** The value that stands. */
    public <T> T get(Setting<T> setting) {
        return read(setting);
    }

    /**
     * The value of one that has no fallback.
     *
     * @param hint what the user should do, when it is not set
     * @throws Invalid when it is not set
     */
    public String require(Setting<String> setting, String hint) {
        if (!isSet(setting)) {
            throw new Invalid(setting.name() + " is not set: " + hint);
        }
        return read(setting);
    }

    /** Kafka client properties, {@code RINGBACK_KAFKA_PROP_SASL_MECHANISM} as sasl.mechanism. */
    public Map<String, String> kafkaProperties() {
        Map<String, String> properties = new TreeMap<>();
        texts.forEach(
                (name, value) -> {
                    if (name.startsWith(Setting.KAFKA_PROPERTY_PREFIX)) {
                        properties.put(kafkaName(name), value);
                    }
                });
        return properties;
    }

    /** The effective table, a setting a line, secrets masked. */
    public String table() {
        StringBuilder table = new StringBuilder();
        for (Setting<?> setting : Setting.ALL) {
            boolean hidden = isSet(setting) && setting.secret();
            String shown = hidden ? MASK : withoutPassword(effective(setting));
            table.append(String.format(Locale.ROOT, "  %-34s %s%n", setting.name(), shown));
        }
        kafkaProperties()
                .forEach(
                        (name, value) ->
                                table.append(
                                        String.format(
                                                Locale.ROOT,
                                                "  kafka %-28s %s%n",
                                                name,
                                                isSecretProperty(name) ? MASK : value)));
        return table.toString();
    }

    /** A URL without its user name and password. */
    private static String withoutPassword(String text) {
        return text.replaceAll("://[^/\\s]*@", "://" + MASK + "@");
    }

    /** Every setting and its text, secrets included, for a file that only its owner may read. */
    public Map<String, String> texts() {
        Map<String, String> all = new TreeMap<>(texts);
        Setting.ALL.forEach(setting -> all.put(setting.name(), effective(setting)));
        return all;
    }

    private String effective(Setting<?> setting) {
        return isSet(setting) ? texts.getOrDefault(setting.name(), "") : setting.fallback();
    }

    private <T> T read(Setting<T> setting) {
        try {
            return setting.reader().apply(effective(setting));
        } catch (IllegalArgumentException e) {
            throw new Invalid(setting.name() + ": " + e.getMessage());
        }
    }

    private void check() {
        for (String name : new TreeMap<>(texts).keySet()) {
            if (!name.startsWith(Setting.KAFKA_PROPERTY_PREFIX)
                    && Setting.ALL.stream().noneMatch(known -> known.name().equals(name))) {
                throw new Invalid(name + " is not a setting of Ringback");
            }
        }
        Setting.ALL.forEach(this::read);
    }

    private static Map<String, String> file(Path path) {
        Map<String, String> texts = new TreeMap<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(path)) {
                number++;
                if (line.isBlank() || line.strip().startsWith("#")) {
                    continue;
                }
                int equals = line.indexOf('=');
                if (equals < 1 || !line.strip().startsWith(PREFIX)) {
                    throw new Invalid(path + " line " + number + " is not RINGBACK_NAME=value");
                }
                texts.put(line.substring(0, equals).strip(), value(line.substring(equals + 1)));
            }
        } catch (IOException e) {
            throw new Invalid(Setting.CONFIG.name() + ": cannot read " + path);
        }
        return texts;
    }

    /** Takes off the quotes that a shell would take off. */
    private static String value(String text) {
        String value = text.strip();
        if (value.length() >= 2 && value.startsWith("'") && value.endsWith("'")) {
            return value.substring(1, value.length() - 1).replace("'\\''", "'");
        }
        return value;
    }

    private static String kafkaName(String name) {
        return name.substring(Setting.KAFKA_PROPERTY_PREFIX.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }

    private static boolean isSecretProperty(String name) {
        return SECRET_WORDS.stream().anyMatch(name::contains);
    }
}
