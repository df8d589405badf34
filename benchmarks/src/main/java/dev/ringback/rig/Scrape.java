package dev.ringback.rig;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a service's {@code /metrics} said at one moment, by name with tags. */
public record Scrape(Map<String, Double> values) {
    /** Copies the values. */
    public Scrape {
        values = Map.copyOf(values);
    }

    /** Where a service answers health and metrics. */
    public record Source(String url) {
        private static final int LIMIT_MILLIS = 5_000;
        private static final int OK = 200;

        /** Whether the service is ready. */
        public boolean isReady() {
            try {
                return open("/health/ready").getResponseCode() == OK;
            } catch (IOException e) {
                return false;
            }
        }

        /** Asks now; empty when there is no answer. */
        public Scrape scrape() {
            try (InputStream in = open("/metrics").getInputStream()) {
                return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                return new Scrape(Map.of());
            }
        }

        private HttpURLConnection open(String path) throws IOException {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url + path).toURL().openConnection();
            connection.setConnectTimeout(LIMIT_MILLIS);
            connection.setReadTimeout(LIMIT_MILLIS);
            return connection;
        }
    }

    /** Reads Prometheus' text form. */
    static Scrape parse(String text) {
        Map<String, Double> values = new HashMap<>();
        text.lines()
                .filter(line -> !line.startsWith("#") && line.lastIndexOf(' ') > 0)
                .forEach(
                        line -> {
                            int end = line.lastIndexOf(' ');
                            values.put(
                                    line.substring(0, end),
                                    Double.parseDouble(line.substring(end + 1)));
                        });
        return new Scrape(values);
    }

    /** The sum of a metric over all its tags. */
    public double sum(String name) {
        return values.entrySet().stream()
                .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** The sum of a metric over all its tags but one; 0 when there is none. */
    public double value(String name, String tag, String tagValue) {
        String pair = tag + "=\"" + tagValue + '"';
        return values.entrySet().stream()
                .filter(e -> e.getKey().startsWith(name + "{") && e.getKey().contains(pair))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
