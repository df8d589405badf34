package dev.ringback.ingest.registry;

import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.schemas.Endpoint;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The one ordered place: decides each command by the endpoints as all commands before it have left
 * them. State, endpoint and answer are committed together.
 */
final class Registrar implements Processor<String, byte[], String, byte[]> {
    static final String STORE = "endpoints";
    static final String ENDPOINTS = "to-endpoints";
    static final String ANSWERS = "to-answers";

    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    private static final long FIRST_VERSION = 1;

    private final Runnable unreadable;
    private @Nullable ProcessorContext<String, byte[]> context;

    Registrar(Runnable unreadable) {
        this.unreadable = unreadable;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> mine) {
        context = mine;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Command command;
        try {
            command = Command.read(record.value());
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            LOG.error("a registry command cannot be read and is passed over", e);
            unreadable.run();
            return;
        }
        Answer answer =
                switch (command) {
                    case Create create -> create(create, record);
                    case Delete delete -> delete(delete, record);
                };
        context().forward(record.withKey(command.id()).withValue(answer.bytes()), ANSWERS);
    }

    private Answer create(Create command, Record<String, byte[]> record) {
        Endpoint known = find(command.endpoint().id());
        if (known != null) {
            return new Accepted(known.version());
        }
        put(command.endpoint().withVersion(FIRST_VERSION), record);
        return new Accepted(FIRST_VERSION);
    }

    private Answer delete(Delete command, Record<String, byte[]> record) {
        Endpoint known = find(command.endpointId());
        if (known == null || !known.accountId().equals(command.accountId())) {
            return new Refused(404, "there is no endpoint " + command.endpointId(), List.of());
        }
        if (command.ifVersion() != null && command.ifVersion() != known.version()) {
            return new Refused(412, "the endpoint has changed since", List.of());
        }
        store().delete(known.id());
        context().forward(record.withKey(known.id()).withValue(tombstone()), ENDPOINTS);
        return new Accepted(known.version() + 1);
    }

    private @Nullable Endpoint find(String id) {
        byte[] bytes = store().get(id);
        return bytes == null ? null : Endpoint.read(bytes);
    }

    private void put(Endpoint endpoint, Record<String, byte[]> record) {
        byte[] bytes = endpoint.bytes();
        store().put(endpoint.id(), bytes);
        context().forward(record.withKey(endpoint.id()).withValue(bytes), ENDPOINTS);
    }

    @SuppressWarnings("NullAway") // Kafka deletes a key by a null value, which its types do not say
    private static byte[] tombstone() {
        return null;
    }

    private KeyValueStore<String, byte[]> store() {
        return context().getStateStore(STORE);
    }

    private ProcessorContext<String, byte[]> context() {
        return Objects.requireNonNull(context, "not initialised");
    }
}
