package dev.ringback.dialect;

import java.util.List;
import java.util.Optional;

/** The dialects that Ringback speaks. */
public final class Dialects {
    private static final List<Dialect> ALL =
            List.of(
                    new StandardDialect(),
                    new VomyraDialect(),
                    new TryVoxDialect(),
                    new VoicyDialect(),
                    new UltravoxDialect());

    private Dialects() {}

    /** All of them. */
    public static List<Dialect> all() {
        return ALL;
    }

    /** The one of that name. */
    public static Optional<Dialect> named(String name) {
        return ALL.stream().filter(dialect -> dialect.name().equals(name)).findFirst();
    }
}
