package dev.ringback.system;

import dev.ringback.schemas.Json;
import dev.ringback.testkit.SubscriberStub.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** The npm package standardwebhooks, run by Node on what a receiver got. */
final class NpmVerifier {
    private static final String PACKAGE = "standardwebhooks@1.1.1";
    private static final Path FOLDER = Path.of("target", "npm");
    private static final String SCRIPT =
            """
            const { Webhook } = require("standardwebhooks");
            const request = JSON.parse(require("fs").readFileSync(0, "utf8"));
            new Webhook(request.secret).verify(request.body, request.headers);
            console.log("verified");
            """;

    private NpmVerifier() {}

    /** Whether Node and npm are installed here. */
    static boolean isAvailable() {
        try {
            Files.createDirectories(FOLDER);
            run("", "npm", "--version");
            run("", "node", "--version");
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the package says of a request. */
    static String verify(String secret, Received request) throws Exception {
        install();
        ObjectNode input = Json.object().put("secret", secret).put("body", request.text());
        ObjectNode headers = input.putObject("headers");
        request.headers().forEach(headers::put);
        return run(Json.text(input), "node", "-e", SCRIPT);
    }

    private static void install() throws Exception {
        if (Files.notExists(FOLDER.resolve("node_modules/standardwebhooks"))) {
            Files.createDirectories(FOLDER);
            run(
                    "",
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--no-package-lock",
                    "--prefix",
                    ".",
                    PACKAGE);
        }
    }

    private static String run(String input, String... command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command))
                        .directory(FOLDER.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.outputWriter(StandardCharsets.UTF_8).append(input).close();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }
}
