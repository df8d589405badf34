package dev.ringback.ingest.registry;

import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Endpoint.State;
import dev.ringback.schemas.Endpoint.Status;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides the commands that are about one endpoint. */
final class Endpoints {
    private static final long FIRST_VERSION = 1;

    private final Records records;
    private final Agents agents;
    private final Instant at;

    /**
     * Decides by these records.
     *
     * @param at when the command was recorded
     */
    Endpoints(Records records, Agents agents, Instant at) {
        this.records = records;
        this.agents = agents;
        this.at = at;
    }

    Answer create(Create command) {
        Endpoint wanted = command.endpoint();
        Optional<Endpoint> known = records.find(wanted.key());
        if (known.isPresent()) {
            return new Accepted(known.get().version());
        }
        Optional<Refused> refused = agents.move(null, wanted);
        if (refused.isPresent()) {
            return refused.get();
        }
        records.put(wanted.withVersion(FIRST_VERSION));
        return new Accepted(FIRST_VERSION);
    }

    Answer replace(Replace command) {
        Endpoint wanted = command.endpoint();
        Optional<Endpoint> found = records.find(wanted.key(), command.accountId());
        if (found.isEmpty()) {
            return Refused.missing(wanted.id());
        }
        Endpoint known = found.get();
        if (known.version() != command.ifVersion()) {
            return Refused.changed();
        }
        Optional<Refused> refused = agents.move(known, wanted);
        if (refused.isPresent()) {
            return refused.get();
        }
        long version = known.version() + 1;
        records.put(known.withConfig(wanted.config(), wanted.updatedAt()).withVersion(version));
        return new Accepted(version);
    }

    Answer delete(Delete command) {
        Optional<Endpoint> found = records.find(command.endpointId(), command.accountId());
        if (found.isEmpty()) {
            return Refused.missing(command.endpointId());
        }
        Endpoint known = found.get();
        if (isOther(known, command.ifVersion())) {
            return Refused.changed();
        }
        agents.leave(known);
        records.remove(known.key());
        return new Accepted(known.version() + 1);
    }

    Answer setEnabled(SetEnabled command) {
        Optional<Endpoint> found = records.find(command.endpointId(), command.accountId());
        if (found.isEmpty()) {
            return Refused.missing(command.endpointId());
        }
        Endpoint known = found.get();
        if (isOther(known, command.ifVersion())) {
            return Refused.changed();
        }
        Endpoint next = withState(known, stateOf(known.state(), command.enabled()));
        if (!next.state().equals(known.state())) {
            records.put(next);
            share(next);
        }
        return new Accepted(next.version());
    }

    /** What was deployed of an endpoint has its state, because it has its URL. */
    private void share(Endpoint draft) {
        records.find(Endpoint.key(draft.id(), Stage.deployed))
                .map(deployed -> withState(deployed, draft.state()))
                .ifPresent(records::put);
    }

    private State stateOf(State known, boolean enabled) {
        Status status = enabled ? Status.normal : Status.disabled;
        Instant since = known.status() == status ? known.lastStatusChange() : at;
        return enabled
                ? new State(status, since, 0, null, known.recentFailures())
                : new State(
                        status,
                        since,
                        known.failedInRow(),
                        known.failingSince(),
                        known.recentFailures());
    }

    /** The version grows when the status changes, and only then. */
    private static Endpoint withState(Endpoint known, State state) {
        boolean sameStatus = known.status() == state.status();
        return known.withState(state).withVersion(known.version() + (sameStatus ? 0 : 1));
    }

    private static boolean isOther(Endpoint known, @Nullable Long ifVersion) {
        return ifVersion != null && ifVersion != known.version();
    }
}
