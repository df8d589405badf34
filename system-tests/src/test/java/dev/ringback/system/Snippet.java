package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Code from the documentation that verifies a webhook, run as a reader would run it. */
record Snippet(Language language, String code) {
    private static final Pattern CLASS = Pattern.compile("(?m)^final class (\\w+)");
    private static final String NODE =
            """

            const requests = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
            console.log(JSON.stringify(requests.map(
              (one) => verify(one.headers, Buffer.from(one.body, "base64"), one.secret))));
            """;
    private static final String PYTHON =
            """

            import base64, json, sys
            print(json.dumps([verify(one["headers"], base64.b64decode(one["body"]), one["secret"])
                              for one in json.load(sys.stdin)]))
            """;

    /** What a snippet is written in, by the name of its block. */
    enum Language {
        java,
        js,
        python
    }

    /** A request with the secret that its receiver expects. */
    record Request(Map<String, String> headers, byte[] body, String secret) {}

    /** Whether it can be run here. */
    boolean isRunnable() throws InterruptedException {
        return switch (language) {
            case java -> true;
            case js -> runs("node", "--version");
            case python ->
                    code.contains("cryptography")
                            ? runs("python3", "-c", "import cryptography")
                            : runs("python3", "--version");
        };
    }

    /** What it says of each request. */
    List<Boolean> verify(List<Request> requests, Path folder) throws Exception {
        return switch (language) {
            case java -> java(requests, folder);
            case js ->
                    run(
                            requests,
                            folder,
                            "node",
                            Files.writeString(folder.resolve("s.cjs"), code + NODE));
            case python ->
                    run(
                            requests,
                            folder,
                            "python3",
                            Files.writeString(folder.resolve("s.py"), code + PYTHON));
        };
    }

    private List<Boolean> java(List<Request> requests, Path folder) throws Exception {
        Matcher name = CLASS.matcher(code);
        assertThat(name.find()).as("a class in the snippet").isTrue();
        Path source = Files.writeString(folder.resolve(name.group(1) + ".java"), code);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        // With a class path of its own: that of these tests is none of the reader's.
        int compiled =
                compiler.run(
                        null,
                        said,
                        said,
                        "-Xlint:all",
                        "-Werror",
                        "-proc:none",
                        "--release",
                        "17",
                        "-cp",
                        folder.toString(),
                        source.toString());
        assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isZero();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Method verify =
                    loader.loadClass(name.group(1))
                            .getDeclaredMethod(
                                    "verify", UnaryOperator.class, byte[].class, String.class);
            verify.setAccessible(true);
            List<Boolean> verdicts = new ArrayList<>();
            for (Request request : requests) {
                Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                headers.putAll(request.headers());
                UnaryOperator<String> header = headers::get;
                verdicts.add(
                        (Boolean) verify.invoke(null, header, request.body(), request.secret()));
            }
            return verdicts;
        }
    }

    private static List<Boolean> run(
            List<Request> requests, Path folder, String interpreter, Path script) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                new ProcessBuilder(interpreter, script.toString())
                        .redirectInput(
                                Files.writeString(folder.resolve("in"), json(requests)).toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        List<Boolean> verdicts = new ArrayList<>();
        Json.parse(Files.readAllBytes(out))
                .values()
                .forEach(one -> verdicts.add(one.booleanValue()));
        return verdicts;
    }

    /** As Node and Python see requests: names of headers in lower case. */
    private static String json(List<Request> requests) {
        ArrayNode all = Json.shared().createArrayNode();
        for (Request request : requests) {
            ObjectNode one = all.addObject().put("secret", request.secret());
            one.put("body", Base64.getEncoder().encodeToString(request.body()));
            ObjectNode headers = one.putObject("headers");
            request.headers()
                    .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        }
        return Json.text(all);
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Short, for the name of a test. */
    @Override
    public String toString() {
        return language.toString();
    }
}
