package dev.ringback.ingest.registry;

import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.Reseal;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides the commands that are about one endpoint's configuration. */
final class Endpoints {
    private static final long FIRST_VERSION = 1;

    private final Records records;
    private final Agents agents;

    /** Decides by these records. */
    Endpoints(Records records, Agents agents) {
        this.records = records;
        this.agents = agents;
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

    Answer reseal(Reseal command) {
        Optional<Endpoint> found = records.find(command.key(), command.accountId());
        if (found.isEmpty()) {
            return Refused.missing(command.key());
        }
        Endpoint known = found.get();
        Config config = resealed(known.config(), command.sealed());
        if (config.equals(known.config())) {
            return new Accepted(known.version());
        }
        long version = known.version() + 1;
        records.put(known.withConfig(config, known.updatedAt()).withVersion(version));
        return new Accepted(version);
    }

    /**
     * The version grows by this too: a change that was made from what was read before would bring
     * the old values back.
     */
    private static Config resealed(Config known, Map<String, String> sealed) {
        List<Secret> secrets =
                known.secrets().stream()
                        .map(
                                secret ->
                                        new Secret(
                                                secret.id(),
                                                sealed.getOrDefault(
                                                        secret.sealed(), secret.sealed()),
                                                secret.publicKey(),
                                                secret.createdAt(),
                                                secret.expiresAt()))
                        .toList();
        Map<String, String> headers = new HashMap<>(known.headers());
        headers.replaceAll((name, value) -> sealed.getOrDefault(value, value));
        return known.withSealed(secrets, headers);
    }

    static boolean isOther(Endpoint known, @Nullable Long ifVersion) {
        return ifVersion != null && ifVersion != known.version();
    }
}
