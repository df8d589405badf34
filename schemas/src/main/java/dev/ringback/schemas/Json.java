package dev.ringback.schemas;

import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one JSON codec: snake_case names, ISO times, durations with a unit, numbers kept as written,
 * duplicate keys refused. Thread-safe.
 */
public final class Json {
    private static final JsonMapper MAPPER = mapper();
    private static final JsonMapper STORED =
            MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private Json() {}

    /** The shared mapper, for libraries that want one. */
    public static JsonMapper shared() {
        return MAPPER;
    }

    /**
     * Parses exactly one JSON value.
     *
     * @throws JacksonException when the bytes are not JSON
     */
    public static JsonNode parse(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (ArithmeticException | NumberFormatException e) {
            throw unspeakable(e);
        }
    }

    /**
     * What is wrong with text that is not JSON, in words that repeat nothing of it but single
     * characters and field names: what stands there may be a secret.
     */
    public static String fault(JacksonException error) {
        TokenStreamLocation at = error.getLocation();
        String place =
                at == null
                        ? ""
                        : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return error.getOriginalMessage().replaceAll("'[^']{2,}'", "…") + place;
    }

    /**
     * Reads one record of ours; what a newer version may have added is passed over.
     *
     * @throws JacksonException when the bytes are not JSON or do not fit the type
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        T value = STORED.readValue(bytes, type);
        if (value == null) {
            throw new IllegalArgumentException("null is no " + type.getSimpleName());
        }
        return value;
    }

    /**
     * What a number is whose exponent no number type here can hold; the parser lets the number
     * type's own exception through.
     */
    public static JacksonException unspeakable(RuntimeException cause) {
        return new StreamReadException(null, "a number is out of range", cause);
    }

    /** Reads one record from a tree; errors as in {@link #read}. */
    public static <T> T read(JsonNode tree, Class<T> type) {
        return MAPPER.treeToValue(tree, type);
    }

    /** The compact UTF-8 form. */
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** The compact text form. */
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /** The tree of a record. */
    public static ObjectNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** An empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Merges a patch into a target, both objects, as RFC 7396, section 2, says. */
    public static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String name = change.getKey();
            JsonNode value = change.getValue();
            if (value.isNull()) {
                target.remove(name);
            } else if (value instanceof ObjectNode inner) {
                ObjectNode into = target.get(name) instanceof ObjectNode known ? known : object();
                merge(into, inner);
                target.set(name, into);
            } else {
                target.set(name, value);
            }
        }
    }

    private static JsonMapper mapper() {
        SimpleModule units = new SimpleModule("units");
        units.addSerializer(Duration.class, new DurationWriter());
        units.addDeserializer(Duration.class, new DurationReader());
        return JsonMapper.builder(
                        JsonFactory.builder()
                                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                .build())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .addModule(units)
                .build();
    }

    private static final class DurationWriter extends ValueSerializer<Duration> {
        @Override
        public void serialize(Duration value, JsonGenerator out, SerializationContext context) {
            out.writeString(Units.text(value));
        }
    }

    private static final class DurationReader extends ValueDeserializer<Duration> {
        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) {
            return Units.duration(in.getString());
        }
    }
}
