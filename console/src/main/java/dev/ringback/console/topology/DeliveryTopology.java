package dev.ringback.console.topology;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.StoreBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known of every delivery, from the topics in which deliveries are made, asked, replayed
 * and die, and from their attempts. The first are keyed by endpoint and subject, attempts by
 * delivery: so headers, without bodies, go through a topic keyed by delivery.
 */
public final class DeliveryTopology {
    /** Where headers of deliveries come from. */
    public static final List<String> SOURCES =
            List.of(Topics.DELIVERIES, Topics.ANSWERS, Topics.REPLAY, Topics.DEAD);

    /** The topic in which they are keyed by delivery, behind the name of the application. */
    public static final String HEADERS = "delivery-headers-repartition";

    private DeliveryTopology() {}

    /**
     * What it goes by.
     *
     * @param kept how long a delivery is remembered
     * @param unreadable told of each record that is passed over because it cannot be read
     */
    public record Rules(Shelf shelf, RetryLadder ladder, Duration kept, Runnable unreadable) {}

    /** Adds itself. */
    public static void addTo(StreamsBuilder builder, Rules rules) {
        Consumed<byte[], byte[]> raw = Consumed.with(Serdes.ByteArray(), Serdes.ByteArray());
        KStream<byte[], byte[]> headers =
                builder.stream(SOURCES, raw.withName("deliveries"))
                        .process(() -> new Heading(rules), Named.as("read-headers"))
                        .repartition(
                                Repartitioned.<byte[], byte[]>as("delivery-headers")
                                        .withKeySerde(Serdes.ByteArray())
                                        .withValueSerde(Serdes.ByteArray()));
        builder.stream(List.of(Topics.ATTEMPTS), raw.withName("attempts"))
                .merge(headers)
                .process(new Keepers(rules), Named.as("keep-deliveries"));
    }

    private record Keepers(Rules rules) implements ProcessorSupplier<byte[], byte[], Void, Void> {
        @Override
        public Processor<byte[], byte[], Void, Void> get() {
            return new DeliveryKeeper(rules);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(Stores.direct(Stores.DELIVERIES), Stores.sums(Stores.DELIVERY_COUNTS));
        }
    }

    /** What became of a delivery by a record of one of the sources. */
    enum Turn {
        made,
        replayed,
        died;

        private static Turn of(String topic) {
            return switch (topic) {
                case Topics.REPLAY -> replayed;
                case Topics.DEAD -> died;
                default -> made;
            };
        }
    }

    /** Takes the header off a delivery, with the place where its body is. */
    private static final class Heading extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final Rules rules;

        private Heading(Rules rules) {
            this.rules = rules;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            Header header = record.headers().lastHeader(DeliveryHeader.NAME);
            RecordMetadata at = context().recordMetadata().orElseThrow();
            if (header == null || header.value() == null) {
                // of the answers some say only that a call is over
                if (!at.topic().equals(Topics.ANSWERS)) {
                    rules.unreadable().run();
                }
                return;
            }
            try {
                forward(Json.parse(header.value()), record, at);
            } catch (JacksonException e) {
                rules.unreadable().run();
            }
        }

        private void forward(JsonNode header, Record<byte[], byte[]> record, RecordMetadata at) {
            if (!DeliveryState.isWhole(header)) {
                rules.unreadable().run();
                return;
            }
            ObjectNode turn = Json.object().put("turn", Turn.of(at.topic()).name());
            turn.set("header", header);
            turn.set(
                    "place",
                    Json.tree(
                            new DeliveryState.Place(
                                    at.topic(), at.partition(), at.offset(), record.timestamp())));
            byte[] key =
                    header.path("delivery_id").stringValue("").getBytes(StandardCharsets.UTF_8);
            context().forward(new Record<>(key, Json.bytes(turn), record.timestamp()));
        }
    }
}
