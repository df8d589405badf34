package dev.ringback.console.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The Chromium that is installed, driven by Playwright with the Node that is installed; nothing is
 * downloaded. Tests that need it are skipped where there is none.
 */
final class Chromium implements AutoCloseable {
    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path NODE = Path.of("/usr/bin/node");
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final int PATIENCE_MS = 30_000;

    private final Playwright playwright;
    private final Browser browser;
    private final String axe = axe();

    /** What went wrong in any page: exceptions, and what the policy forbade. */
    final List<String> faults = new CopyOnWriteArrayList<>();

    /** A screen to look at pages on. */
    enum Screen {
        WIDE(1440, 900),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    private Chromium(Playwright playwright) {
        this.playwright = playwright;
        this.browser =
                playwright
                        .chromium()
                        .launch(
                                new LaunchOptions()
                                        .setExecutablePath(BROWSER)
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-gpu",
                                                        "--disable-dev-shm-usage",
                                                        "--disable-background-networking",
                                                        "--disable-component-update",
                                                        "--no-first-run")));
    }

    /** Starts it, or skips the tests and says why. */
    static Chromium start() {
        assumeTrue(
                Files.isExecutable(BROWSER) && Files.isExecutable(NODE),
                "no " + BROWSER + " or no " + NODE + ": install chromium and nodejs");
        return new Chromium(
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(
                                        Map.of(
                                                "PLAYWRIGHT_NODEJS_PATH",
                                                NODE.toString(),
                                                "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                                                "1"))));
    }

    /** A page of somebody who has not been here yet. */
    Page open(Screen screen, ColorScheme scheme, boolean scripts) {
        BrowserContext context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setViewportSize(screen.width, screen.height)
                                .setColorScheme(scheme)
                                .setJavaScriptEnabled(scripts));
        context.setDefaultTimeout(PATIENCE_MS);
        Page page = context.newPage();
        page.onPageError(fault -> faults.add(page.url() + ": " + fault));
        page.onConsoleMessage(
                message -> {
                    boolean refused = message.text().contains("the server responded with a status");
                    if (message.type().equals("error") && !refused) {
                        faults.add(page.url() + ": " + message.text());
                    }
                });
        return page;
    }

    /** A page of somebody who is logged in. */
    Page loggedIn(String url, String key, Screen screen, ColorScheme scheme) {
        Page page = open(screen, scheme, true);
        page.navigate(url + "/login?next=/voxml");
        page.getByLabel("API key").fill(key);
        page.keyboard().press("Enter");
        page.waitForURL(url + "/voxml");
        return page;
    }

    /** Keeps a picture, and finds no serious fault in how accessible the page is. */
    void look(Page page, String name) {
        page.screenshot(
                new ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
        page.evaluate(axe + "; 0");
        Object found =
                page.evaluate(
                        "async () => (await axe.run(document)).violations"
                                + ".filter(v => ['serious', 'critical'].includes(v.impact))"
                                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' +"
                                + " n.any.map(a => a.message).join(' ')).join(' | '))");
        assertThat((List<?>) found).as("axe on " + name).isEmpty();
        Object wider =
                page.evaluate(
                        "() => document.documentElement.scrollWidth > innerWidth ? 'wider' : ''");
        assertThat(wider).as("width of " + name).isEqualTo("");
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    private static String axe() {
        try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
