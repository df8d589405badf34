package dev.ringback.ingest.registry;

import dev.ringback.ingest.health.Announcement;
import dev.ringback.ingest.health.HealthRules;
import dev.ringback.ingest.health.HealthRules.Change;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Endpoint.State;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides the commands that are about one endpoint's state. A draft and what was deployed of it
 * share their state, because they share who answers.
 */
final class Health {
    private final Records records;
    private final HealthRules rules;
    private final Events events;
    private final Instant at;

    /** Where announcements go. */
    interface Events {
        /** Puts an event into {@code call.events}. */
        void announce(CallEvent event);
    }

    /**
     * Decides by these records.
     *
     * @param at when the command was recorded
     */
    Health(Records records, HealthRules rules, Events events, Instant at) {
        this.records = records;
        this.rules = rules;
        this.events = events;
        this.at = at;
    }

    Answer setEnabled(SetEnabled command) {
        Optional<Endpoint> found = find(command.endpointId(), command.accountId());
        if (found.isEmpty()) {
            return Refused.missing(command.endpointId());
        }
        Endpoint known = found.get();
        if (Endpoints.isOther(known, command.ifVersion())) {
            return Refused.changed();
        }
        Change change =
                command.enabled()
                        ? HealthRules.enabled(known.state(), at)
                        : HealthRules.disabled(known.state(), at);
        return new Accepted(change(known, change));
    }

    /** A report of an endpoint that is not there any more says nothing. */
    Answer report(Attempt.Report report) {
        Optional<Endpoint> found = find(report.endpointId(), report.accountId());
        if (found.isEmpty()) {
            return Refused.missing(report.endpointId());
        }
        Endpoint known = found.get();
        return new Accepted(change(known, rules.after(report, known.state(), at)));
    }

    /** The draft; what was deployed, when the draft has been taken away since. */
    private Optional<Endpoint> find(String id, String accountId) {
        return records.find(id, accountId)
                .or(() -> records.find(Endpoint.key(id, Stage.deployed), accountId))
                .filter(endpoint -> endpoint.config().group() == null);
    }

    /** Returns the version after it. */
    private long change(Endpoint known, Change change) {
        Endpoint next = withState(known, change.state());
        if (!next.state().equals(known.state())) {
            records.put(next);
            if (next.stage() == Stage.draft) {
                records.find(Endpoint.key(next.id(), Stage.deployed))
                        .map(deployed -> follow(deployed, next))
                        .ifPresent(records::put);
            }
        }
        Announcement.of(next, known.status(), change, at).ifPresent(events::announce);
        return next.version();
    }

    /**
     * Its version is never behind the draft's then: when the draft has been taken away, the next
     * announcement needs an id that the draft's have not had.
     */
    private static Endpoint follow(Endpoint deployed, Endpoint draft) {
        Endpoint next = withState(deployed, draft.state());
        return next.version() == deployed.version()
                ? next
                : next.withVersion(Math.max(next.version(), draft.version()));
    }

    /** The version grows when the status changes, and only then. */
    private static Endpoint withState(Endpoint known, State state) {
        boolean sameStatus = known.status() == state.status();
        return known.withState(state).withVersion(known.version() + (sameStatus ? 0 : 1));
    }
}
