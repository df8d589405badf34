package dev.ringback.ingest.registry;

import dev.ringback.ingest.health.HealthRules;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.DeleteApplication;
import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Command.PutApplication;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.Report;
import dev.ringback.ingest.registry.Command.Reseal;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.CallEvent;
import java.time.Instant;
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
 * them. State, endpoint, answer and announcement are committed together.
 */
final class Registrar implements Processor<String, byte[], String, byte[]> {
    static final String STORE = "endpoints";
    static final String ENDPOINTS = "to-endpoints";
    static final String ANSWERS = "to-answers";
    static final String EVENTS = "to-events";

    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

    private final HealthRules rules;
    private final Runnable unreadable;
    private @Nullable ProcessorContext<String, byte[]> context;

    Registrar(HealthRules rules, Runnable unreadable) {
        this.rules = rules;
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
        Answer answer = decide(command, record);
        if (command.isAnswered()) {
            context().forward(record.withKey(command.id()).withValue(answer.bytes()), ANSWERS);
        }
    }

    private Answer decide(Command command, Record<String, byte[]> record) {
        Instant at = Instant.ofEpochMilli(record.timestamp());
        Records records = new Records(store(), (key, value) -> write(record, key, value));
        Agents agents = new Agents(records, at);
        Applications applications = new Applications(records, at);
        Endpoints endpoints = new Endpoints(records, agents);
        Health health = new Health(records, rules, event -> announce(record, event), at);
        return switch (command) {
            case Create create -> endpoints.create(create);
            case Replace replace -> endpoints.replace(replace);
            case Delete delete -> endpoints.delete(delete);
            case SetEnabled setEnabled -> health.setEnabled(setEnabled);
            case Report report -> health.report(report.report());
            case Reseal reseal -> endpoints.reseal(reseal);
            case PutApplication put -> applications.put(put);
            case DeleteApplication delete -> applications.delete(delete);
            case Deploy deploy -> agents.deploy(deploy);
        };
    }

    private void announce(Record<String, byte[]> record, CallEvent event) {
        context().forward(record.withKey(event.subjectId()).withValue(event.bytes()), EVENTS);
    }

    @SuppressWarnings("NullAway") // Kafka deletes a key by a null value, which its types do not say
    private void write(Record<String, byte[]> record, String key, byte @Nullable [] value) {
        context().forward(record.withKey(key).withValue(value), ENDPOINTS);
    }

    private KeyValueStore<String, byte[]> store() {
        return context().getStateStore(STORE);
    }

    private ProcessorContext<String, byte[]> context() {
        return Objects.requireNonNull(context, "not initialised");
    }
}
