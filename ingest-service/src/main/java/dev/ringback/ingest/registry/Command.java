package dev.ringback.ingest.registry;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import org.jspecify.annotations.Nullable;

/** A wish to change the registry, as {@code ringback-registry-commands} carries it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
public sealed interface Command {
    /** Names the answer. */
    String id();

    /** Whose registry it changes; the key, so that one owner's changes have one order. */
    String accountId();

    /**
     * Add an endpoint.
     *
     * @param endpoint secrets and header values sealed; the registry gives it its version
     */
    @JsonTypeName("create")
    record Create(String id, Endpoint endpoint) implements Command {
        @Override
        public String accountId() {
            return endpoint.accountId();
        }
    }

    /**
     * Give an endpoint another configuration.
     *
     * @param endpoint as it is to be, except for its state and version, which the registry knows
     *     better; secrets and header values sealed
     * @param ifVersion only at this version
     */
    @JsonTypeName("replace")
    record Replace(String id, Endpoint endpoint, long ifVersion) implements Command {
        @Override
        public String accountId() {
            return endpoint.accountId();
        }
    }

    /**
     * Take an endpoint away.
     *
     * @param ifVersion only at this version; null for any
     */
    @JsonTypeName("delete")
    record Delete(String id, String accountId, String endpointId, @Nullable Long ifVersion)
            implements Command {}

    /**
     * Disable an endpoint, or enable it with its failures forgotten.
     *
     * @param ifVersion only at this version; null for any
     */
    @JsonTypeName("set_enabled")
    record SetEnabled(
            String id,
            String accountId,
            String endpointId,
            boolean enabled,
            @Nullable Long ifVersion)
            implements Command {}

    /**
     * Make an application and its endpoints what is wanted of them.
     *
     * @param application the group's record, secrets sealed
     * @param ifVersion only at this version; 0: only if there is none yet
     */
    @JsonTypeName("put_application")
    record PutApplication(String id, Endpoint application, long ifVersion) implements Command {
        @Override
        public String accountId() {
            return application.accountId();
        }
    }

    /**
     * Take an application away, with its endpoints.
     *
     * @param recordId the id of the group's record
     * @param ifVersion only at this version
     */
    @JsonTypeName("delete_application")
    record DeleteApplication(String id, String accountId, String recordId, long ifVersion)
            implements Command {}

    /** Make an agent's draft what its phone calls use. */
    @JsonTypeName("deploy")
    record Deploy(String id, String accountId, String agentId) implements Command {}

    /** The command's JSON. */
    default byte[] bytes() {
        return Json.shared().writerFor(Command.class).writeValueAsBytes(this);
    }

    /** Reads what {@link #bytes} wrote. */
    static Command read(byte[] bytes) {
        return Json.read(bytes, Command.class);
    }
}
