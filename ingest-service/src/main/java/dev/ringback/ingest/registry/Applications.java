package dev.ringback.ingest.registry;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.DeleteApplication;
import dev.ringback.ingest.registry.Command.PutApplication;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Application;
import dev.ringback.schemas.Endpoint.Policy;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps applications: a record of what was asked for, and an endpoint for each of its URLs that
 * takes notifications. The record is written last, so that who sees it sees its endpoints.
 */
final class Applications {
    private static final String POST = "POST";

    /** Which events go to which URL; the others of an application are asked, not told. */
    private static final Map<Role, List<String>> EVENTS =
            new EnumMap<>(
                    Map.of(
                            Role.ring, List.of("call.ringing"),
                            Role.hangup, List.of("call.ended"),
                            Role.status,
                                    List.of(
                                            "call.created",
                                            "call.ringing",
                                            "call.answered",
                                            "call.ended",
                                            "message.delivered",
                                            "message.failed")));

    private final Records records;
    private final Instant at;

    /**
     * Decides by these records.
     *
     * @param at when the command was recorded
     */
    Applications(Records records, Instant at) {
        this.records = records;
        this.at = at;
    }

    Answer put(PutApplication command) {
        Endpoint wanted = command.application();
        Optional<Endpoint> known = records.find(wanted.id(), command.accountId());
        if (known.map(Endpoint::version).orElse(0L) != command.ifVersion()
                || !(wanted.config().group() instanceof Application application)) {
            return Refused.changed();
        }
        EVENTS.keySet().forEach(role -> settle(wanted, application, role));
        // Its id comes back when it is made anew; the versions of its former life must not.
        long version = known.isPresent() ? command.ifVersion() + 1 : at.toEpochMilli();
        Endpoint kept =
                known.map(before -> before.withConfig(wanted.config(), wanted.updatedAt()))
                        .orElse(wanted);
        records.put(kept.withVersion(version));
        return new Accepted(version);
    }

    Answer delete(DeleteApplication command) {
        Optional<Endpoint> known = records.find(command.recordId(), command.accountId());
        if (known.isEmpty() || known.get().version() != command.ifVersion()) {
            return Refused.changed();
        }
        EVENTS.keySet().stream()
                .map(role -> GroupIds.member(command.recordId(), role))
                .filter(id -> records.find(id).isPresent())
                .forEach(records::remove);
        records.remove(command.recordId());
        return new Accepted(command.ifVersion() + 1);
    }

    /** Makes the endpoint of one role what the application wants; its state stays. */
    private void settle(Endpoint owner, Application application, Role role) {
        String id = GroupIds.member(owner.id(), role);
        Optional<Endpoint> known = records.find(id);
        String url = application.urls().get(role);
        if (url == null) {
            known.ifPresent(member -> records.remove(member.key()));
            return;
        }
        Config config = config(owner, application, role, url);
        Endpoint member =
                known.map(before -> before.withConfig(config, owner.updatedAt()))
                        .orElseGet(
                                () ->
                                        Endpoint.of(
                                                id,
                                                owner.accountId(),
                                                config,
                                                null,
                                                owner.updatedAt()));
        if (known.filter(before -> before.config().equals(config)).isEmpty()) {
            records.put(member.withVersion(member.version() + 1));
        }
    }

    private static Config config(Endpoint owner, Application application, Role role, String url) {
        boolean isStatus = role == Role.status;
        Endpoint.Callback callback =
                new Endpoint.Callback(
                        role,
                        owner.id(),
                        isStatus ? application.statusCallbackMethod() : POST,
                        isStatus ? application.payload() : Payload.documented);
        return new Config(
                null,
                url,
                owner.dialect(),
                EVENTS.getOrDefault(role, List.of()),
                owner.config().scope(),
                List.of(),
                Map.of(),
                Policy.DEFAULT,
                null,
                Map.of(),
                callback,
                null,
                false);
    }
}
