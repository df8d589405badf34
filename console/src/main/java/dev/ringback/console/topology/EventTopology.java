package dev.ringback.console.topology;

import dev.ringback.dialect.CallTargets;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/** The events of every call, assistant and message, and how many were accepted and refused. */
public final class EventTopology {
    private EventTopology() {}

    /**
     * What it goes by.
     *
     * @param partitions of {@code call.events}
     * @param kept how long a subject is remembered after its last event
     */
    public record Rules(
            Shelf shelf,
            EventSchema schema,
            boolean allowHttp,
            IntSupplier partitions,
            Duration kept) {

        /** The event in a record's value, if routing takes it. */
        Optional<CallEvent> read(byte[] value, String madeId) {
            return switch (schema.read(value, madeId)) {
                case EventSchema.Reading.Invalid invalid -> Optional.empty();
                case EventSchema.Reading.Valid(CallEvent event) ->
                        CallTargets.faults(event.webhooks(), allowHttp, true).isEmpty()
                                ? Optional.of(event)
                                : Optional.empty();
            };
        }
    }

    /** Adds itself. */
    public static void addTo(StreamsBuilder builder, Rules rules) {
        Consumed<byte[], byte[]> raw = Consumed.with(Serdes.ByteArray(), Serdes.ByteArray());
        KStream<byte[], byte[]> events =
                builder.stream(
                        List.of(Topics.EVENTS, Topics.EVENTS_INVALID), raw.withName("events"));
        events.process(new Keepers(rules), Named.as("keep-events"));
    }

    private record Keepers(Rules rules) implements ProcessorSupplier<byte[], byte[], Void, Void> {
        @Override
        public Processor<byte[], byte[], Void, Void> get() {
            return new EventKeeper(rules);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(Stores.direct(Stores.EVENTS), Stores.sums(Stores.EVENT_COUNTS));
        }
    }
}
