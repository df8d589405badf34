package dev.ringback.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.ringback.schemas.Json;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.node.ObjectNode;

/** Sets up logging to stderr, as plain lines or as JSON lines. */
public final class Logs {
    private static final String PLAIN = "%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n%ex{short}";

    /** Libraries that say more than an operator wants to hear, and the level they are held to. */
    private static final Map<String, Level> QUIET =
            Map.of(
                    "kafka", Level.OFF,
                    // Says at ERROR that state is rebuilt from Kafka, which is what it is for.
                    "org.apache.kafka.streams.processor.internals.TaskManager", Level.OFF,
                    "state.change.logger", Level.OFF,
                    "org.apache.kafka", Level.ERROR,
                    "org.apache.kafka.coordinator", Level.OFF,
                    "org.apache.kafka.common.utils.AppInfoParser", Level.OFF,
                    "org.eclipse.jetty", Level.WARN,
                    "io.javalin", Level.ERROR,
                    "com.networknt", Level.ERROR);

    private Logs() {}

    /** Sets up logging for this process. */
    public static void configure(Settings settings) {
        configure(settings.get(Setting.LOG_FORMAT), settings.get(Setting.LOG_LEVEL));
    }

    /**
     * Sets up logging for this process.
     *
     * @param format plain or json
     * @param level of our own lines
     */
    public static void configure(String format, String level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(format.equals("json") ? json(context) : plain(context));
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.WARN);
        context.getLogger("dev.ringback").setLevel(Level.toLevel(level));
        QUIET.forEach((name, quiet) -> context.getLogger(name).setLevel(quiet));
    }

    private static Layout<ILoggingEvent> plain(LoggerContext context) {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(PLAIN);
        layout.start();
        return layout;
    }

    private static Layout<ILoggingEvent> json(LoggerContext context) {
        JsonLines layout = new JsonLines();
        layout.setContext(context);
        layout.start();
        return layout;
    }

    /** One flat JSON object a line: numbers stay numbers, times are ISO 8601. */
    private static final class JsonLines extends LayoutBase<ILoggingEvent> {
        private final ThrowableProxyConverter throwables = new ThrowableProxyConverter();

        @Override
        public void start() {
            throwables.start();
            super.start();
        }

        @Override
        public String doLayout(ILoggingEvent event) {
            ObjectNode line =
                    Json.object()
                            .put("at", event.getInstant().toString())
                            .put("level", event.getLevel().toString())
                            .put("logger", event.getLoggerName())
                            .put("thread", event.getThreadName())
                            .put("message", event.getFormattedMessage());
            List<KeyValuePair> pairs = event.getKeyValuePairs();
            if (pairs != null) {
                pairs.forEach(pair -> line.putPOJO(pair.key, pair.value));
            }
            if (event.getThrowableProxy() != null) {
                line.put("error", throwables.convert(event));
            }
            return Json.text(line) + System.lineSeparator();
        }
    }
}
