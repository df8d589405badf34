package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;

/** docs/openapi.yaml describes the server there is, all of it and nothing else. */
class OpenApiTest {
    private static final Path PAGE = Path.of("..", "docs", "openapi.yaml");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    private static JsonNode page;

    @BeforeAll
    static void read() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        page = Json.tree(new Yaml(new SafeConstructor(strict)).load(Files.readString(PAGE)));
    }

    @Test
    void page_version_is31() {
        assertThat(page.path("openapi").stringValue()).startsWith("3.1.");
    }

    @Test
    void paths_areTheRoutesOfTheServer() {
        assertThat(operations().keySet()).containsExactlyInAnyOrderElementsOf(routes());
    }

    @Test
    void references_leadSomewhere() {
        assertThat(references(page).distinct().toList())
                .isNotEmpty()
                .allSatisfy(
                        reference ->
                                assertThat(page.at(reference.substring(1)).isObject())
                                        .as(reference)
                                        .isTrue());
    }

    @Test
    void operations_haveASummaryAndANameOfTheirOwn() {
        assertThat(operations().values())
                .allSatisfy(
                        operation -> {
                            assertThat(operation.path("summary").stringValue()).isNotBlank();
                            assertThat(operation.path("responses").size()).isPositive();
                        })
                .extracting(operation -> operation.path("operationId").stringValue())
                .doesNotHaveDuplicates();
    }

    @Test
    void pathParameters_areAllDeclared() {
        page.path("paths")
                .properties()
                .forEach(
                        path -> {
                            Set<String> declared =
                                    resolved(path.getValue().path("parameters"))
                                            .filter(p -> p.path("in").stringValue().equals("path"))
                                            .map(p -> "{" + p.path("name").stringValue() + "}")
                                            .collect(Collectors.toSet());
                            Set<String> named =
                                    Arrays.stream(path.getKey().split("/"))
                                            .filter(part -> part.startsWith("{"))
                                            .collect(Collectors.toSet());
                            assertThat(declared).as(path.getKey()).isEqualTo(named);
                        });
    }

    @Test
    void eventTypes_areThoseThereAre() {
        assertThat(texts(page.at("/components/schemas/EventType/enum")))
                .containsExactlyElementsOf(
                        Arrays.stream(EventType.values()).map(EventType::text).toList());
    }

    @Test
    void dialects_areThoseThereAre() {
        assertThat(texts(page.at("/components/schemas/EndpointFields/properties/dialect/enum")))
                .containsExactlyInAnyOrderElementsOf(
                        Dialects.all().stream().map(Dialect::name).toList());
    }

    @Test
    void event_hasTheFieldsOfItsSchema() {
        EventSchema schema = new EventSchema();
        Set<String> fields = new TreeSet<>();
        for (EventType type : EventType.values()) {
            fields.addAll(schema.document(type).path("properties").propertyNames());
        }
        assertThat(page.at("/components/schemas/Event/properties").propertyNames())
                .containsExactlyInAnyOrderElementsOf(fields);
    }

    private static Map<String, JsonNode> operations() {
        return page.path("paths").properties().stream()
                .flatMap(
                        path ->
                                path.getValue().properties().stream()
                                        .filter(entry -> METHODS.contains(entry.getKey()))
                                        .map(
                                                entry ->
                                                        Map.entry(
                                                                entry.getKey()
                                                                                .toUpperCase(
                                                                                        Locale.ROOT)
                                                                        + " "
                                                                        + path.getKey(),
                                                                entry.getValue())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<String> routes() {
        Settings settings =
                Settings.load(
                        Map.of(
                                Setting.API_KEYS.name(),
                                "all=*@*:k",
                                Setting.MASTER_KEY.name(),
                                "m:" + "A".repeat(43) + "="));
        return new IngestService(settings, Clock.systemUTC()).routes();
    }

    private static Stream<JsonNode> resolved(JsonNode parameters) {
        return parameters.values().stream()
                .map(
                        one ->
                                one.has("$ref")
                                        ? page.at(one.path("$ref").stringValue().substring(1))
                                        : one);
    }

    private static Stream<String> references(JsonNode node) {
        Stream<String> own = node.path("$ref").stringValueOpt().stream();
        return Stream.concat(own, node.values().stream().flatMap(OpenApiTest::references));
    }

    private static List<String> texts(JsonNode list) {
        return list.values().stream().map(JsonNode::stringValue).toList();
    }
}
