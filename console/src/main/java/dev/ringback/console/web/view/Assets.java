package dev.ringback.console.web.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** The files that pages are made with, under names that change with their content. Immutable. */
public final class Assets {
    /** Where they are served. */
    public static final String PATH = "/assets/";

    private static final String FOLDER = "/dev/ringback/console/web/assets/";
    private static final Map<String, String> TYPES =
            Map.of(
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml",
                    "woff2", "font/woff2");
    private static final List<String> NAMES =
            List.of("console.js", "mark.svg", "inter.woff2", "mono.woff2");
    private static final String STYLES = "console.css";

    private final Map<String, File> files = new LinkedHashMap<>();

    /** One file. */
    public record File(String type, byte[] bytes, String tag) {
        /** For the browser's cache. */
        public String etag() {
            return '"' + tag + '"';
        }
    }

    /** Reads all of them. */
    public Assets() {
        NAMES.forEach(name -> files.put(name, file(name, read(name))));
        String styles = new String(read(STYLES), StandardCharsets.UTF_8);
        for (String name : NAMES) {
            styles = styles.replace("url(\"" + name + "\")", "url(\"" + url(name) + "\")");
        }
        files.put(STYLES, file(STYLES, styles.getBytes(StandardCharsets.UTF_8)));
    }

    /** The file of that name. */
    public Optional<File> find(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** What a page calls a file by. */
    public String url(String name) {
        File file = files.get(name);
        if (file == null) {
            throw new IllegalArgumentException(name);
        }
        return PATH + name + "?" + file.tag();
    }

    private static File file(String name, byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        String suffix = name.substring(name.lastIndexOf('.') + 1);
        String type = TYPES.getOrDefault(suffix, "application/octet-stream");
        return new File(type, bytes, Long.toHexString(sum.getValue()));
    }

    private static byte[] read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
