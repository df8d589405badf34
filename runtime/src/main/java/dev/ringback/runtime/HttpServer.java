package dev.ringback.runtime;

import dev.ringback.schemas.Json;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.json.JavalinJackson3;
import io.javalin.util.JavalinBindException;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service's HTTP side: its routes, {@code /health/live}, {@code /health/ready} and {@code
 * /metrics}. Handlers run on virtual threads, acceptors and selectors on platform threads. Every
 * refusal is RFC 9457 problem details.
 */
public final class HttpServer implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int STOP_TIMEOUT_MILLIS = 5_000;
    private static final int IDLE_TIMEOUT_MILLIS = 30_000;
    private static final int SHUTDOWN_IDLE_MILLIS = 50;
    private static final long FAREWELL_BYTES = 64 << 20;

    private final Address address;
    private final Javalin app;

    /**
     * Where a server listens.
     *
     * @param port 0 for any free one
     * @param setting the setting that changes the port, for the message when it is taken
     */
    public record Address(String host, int port, Setting<Integer> setting) {
        /** The address that these settings give a service. */
        public static Address of(Settings settings, Setting<Integer> port) {
            return new Address(settings.get(Setting.BIND_ADDRESS), settings.get(port), port);
        }
    }

    /**
     * Builds the server; {@link #start} opens its port.
     *
     * @param maxBodyBytes a larger request body is answered 413 without being read whole
     * @param routes adds the service's own
     */
    public HttpServer(
            Address address,
            long maxBodyBytes,
            Health health,
            Metrics metrics,
            Consumer<RoutesConfig> routes) {
        this.address = address;
        health.measure(metrics);
        this.app =
                Javalin.create(
                        config -> {
                            tune(config, maxBodyBytes);
                            routes.accept(config.routes);
                            serveOwn(config.routes, health, metrics);
                            answerErrors(config.routes);
                        });
    }

    @Override
    public void start() {
        try {
            app.start(address.host(), address.port());
            LOG.info("listens on {}:{}", address.host(), app.port());
        } catch (JavalinBindException e) {
            throw new Settings.Invalid(
                    "port "
                            + address.port()
                            + " is taken: stop what listens there, or set "
                            + address.setting().name());
        }
    }

    @Override
    public void stop() {
        app.stop();
    }

    /** The port it listens on, once started. */
    public int port() {
        return app.port();
    }

    /**
     * Serves a service's description of itself at {@code /openapi.yaml}, to everybody.
     *
     * @param page the resource that has it
     * @param beside the class that it lies beside
     */
    public static void describe(RoutesConfig routes, Class<?> beside, String page) {
        byte[] text;
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(page), page)) {
            text = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + page, e);
        }
        routes.get(
                "/openapi.yaml",
                ctx -> ctx.contentType("application/yaml;charset=utf-8").result(text));
    }

    /** What it answers, each as {@code GET /v1/events}. */
    public List<String> routes() {
        return app.unsafe.internalRouter.allHttpHandlers().stream()
                .map(route -> route.endpoint.method.name() + " " + route.endpoint.path)
                .toList();
    }

    private static void tune(JavalinConfig config, long maxBodyBytes) {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("http");
        threads.setVirtualThreadsExecutor(new VirtualThreadPool());
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> server.setStopTimeout(STOP_TIMEOUT_MILLIS));
        config.jetty.modifyServer(HttpServer::letIdleConnectionsGo);
        config.jetty.modifyHttpConfiguration(
                http -> {
                    http.setSendServerVersion(false);
                    http.setIdleTimeout(IDLE_TIMEOUT_MILLIS);
                });
        config.jetty.modifyServletContextHandler(
                context ->
                        context.addFilter(
                                new Farewell(FAREWELL_BYTES),
                                "/*",
                                EnumSet.of(DispatcherType.REQUEST)));
        config.http.maxRequestSize = maxBodyBytes;
        config.http.prefer405over404 = true;
        config.startup.showJavalinBanner = false;
        config.jsonMapper(new JavalinJackson3(Json.shared(), true));
    }

    /** On stop, connections that carry no request are closed at once. */
    private static void letIdleConnectionsGo(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof AbstractConnector open) {
                open.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
            }
        }
    }

    private static void serveOwn(RoutesConfig routes, Health health, Metrics metrics) {
        routes.get("/health/live", ctx -> ctx.json(Map.of("status", "live")));
        routes.get(
                "/health/ready",
                ctx -> {
                    Map<String, String> problems = health.problems();
                    ctx.status(problems.isEmpty() ? 200 : 503);
                    ctx.json(
                            Map.of(
                                    "status",
                                    problems.isEmpty() ? "ready" : "not ready",
                                    "problems",
                                    problems));
                });
        routes.get(
                "/metrics", ctx -> ctx.contentType(Metrics.CONTENT_TYPE).result(metrics.scrape()));
    }

    private static void answerErrors(RoutesConfig routes) {
        routes.exception(Problem.class, (problem, ctx) -> answer(ctx, problem));
        routes.exception(
                HttpResponseException.class,
                (e, ctx) -> {
                    String allowed = e.getDetails().get("availableMethods");
                    if (e.getStatus() == 405 && allowed != null) {
                        ctx.header("Allow", allowed);
                    }
                    answer(ctx, Problem.of(e.getStatus(), message(e, ctx)));
                });
        routes.exception(
                Exception.class,
                (e, ctx) -> {
                    LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
                    answer(ctx, Problem.of(500, "this is a fault of ours and has been logged"));
                });
        routes.error(
                404,
                ctx -> {
                    if (ctx.result() == null || "Not Found".equals(ctx.result())) {
                        answer(ctx, Problem.of(404, "there is nothing at " + ctx.path()));
                    }
                });
    }

    private static String message(HttpResponseException e, Context ctx) {
        return switch (e.getStatus()) {
            case 404 -> "there is nothing at " + ctx.path();
            case 405 -> ctx.method() + " is not allowed at " + ctx.path();
            case 413 -> "the body is larger than a request may be";
            default -> e.getMessage() == null ? "refused" : e.getMessage();
        };
    }

    /** Answers a request with a refusal. */
    private static void answer(Context ctx, Problem problem) {
        ObjectNode body =
                Json.object()
                        .put("type", "about:blank")
                        .put("title", title(problem.status()))
                        .put("status", problem.status())
                        .put("detail", problem.detail());
        if (!problem.errors().isEmpty()) {
            body.putPOJO("errors", problem.errors());
        }
        problem.members().forEach(body::putPOJO);
        problem.headers().forEach(ctx::header);
        ctx.status(problem.status())
                .contentType("application/problem+json")
                .result(Json.bytes(body));
    }

    private static @Nullable String title(int status) {
        return HttpStatus.forStatus(status).getMessage();
    }
}
