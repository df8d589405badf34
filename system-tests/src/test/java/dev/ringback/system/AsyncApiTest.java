package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;

/** docs/asyncapi.yaml describes the topics there are, all of them and nothing else. */
class AsyncApiTest {
    private static final Path PAGE = Path.of("..", "docs", "asyncapi.yaml");

    private static JsonNode page;

    @BeforeAll
    static void read() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        page = Json.tree(new Yaml(new SafeConstructor(strict)).load(Files.readString(PAGE)));
    }

    @Test
    void page_version_is3() {
        assertThat(page.path("asyncapi").stringValue()).startsWith("3.");
    }

    @Test
    void channels_areTheTopics() {
        List<String> topics =
                Topics.all(1, 1, RetryLadder.parse(RetryLadder.DEFAULT)).stream()
                        .map(Topics.Topic::name)
                        .map(AsyncApiTest::address)
                        .distinct()
                        .toList();

        assertThat(page.path("channels").values())
                .extracting(channel -> channel.path("address").stringValue())
                .containsExactlyInAnyOrderElementsOf(topics);
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

    @ParameterizedTest
    @MethodSource("records")
    void message_hasTheFieldsOfItsRecord(String message, Class<? extends Record> record) {
        List<String> fields =
                Arrays.stream(record.getRecordComponents())
                        .map(component -> snakeCase(component.getName()))
                        .toList();

        assertThat(
                        page.at("/components/messages/" + message + "/payload/properties")
                                .propertyNames())
                .containsExactlyElementsOf(fields);
    }

    static List<Arguments> records() {
        return List.of(
                Arguments.of("attempt", Attempt.class), Arguments.of("endpoint", Endpoint.class));
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static String address(String topic) {
        return topic.startsWith(Topics.RETRY_PREFIX) ? Topics.RETRY_PREFIX + "{rung}" : topic;
    }

    private static Stream<String> references(JsonNode node) {
        Stream<String> own = node.path("$ref").stringValueOpt().stream();
        return Stream.concat(own, node.values().stream().flatMap(AsyncApiTest::references));
    }
}
