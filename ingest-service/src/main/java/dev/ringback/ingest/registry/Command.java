package dev.ringback.ingest.registry;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

    /** Take in what a dispatcher says about an endpoint's attempts; nobody waits for an answer. */
    @JsonTypeName("report")
    record Report(String id, Attempt.Report report) implements Command {
        @Override
        public String accountId() {
            return report.accountId();
        }

        @Override
        public boolean isAnswered() {
            return false;
        }
    }

    /**
     * Put values sealed by another master key in the place of the same values.
     *
     * @param key of the record
     * @param sealed what takes the place of what; what is not found is passed over
     */
    @JsonTypeName("reseal")
    record Reseal(String id, String accountId, String key, Map<String, String> sealed)
            implements Command {
        /** Copies the map. */
        public Reseal {
            sealed = Map.copyOf(sealed);
        }
    }

    /** Whether somebody waits for an answer. */
    default boolean isAnswered() {
        return true;
    }

    /**
     * Whether its effect is seen in a table of {@code webhook.endpoints}. What was there before and
     * is not any more has been deleted since.
     *
     * @param version that it was accepted with
     */
    default boolean isSeen(Function<String, Optional<Endpoint>> table, long version) {
        return switch (this) {
            case Create create -> isThere(table, create.endpoint().key(), version);
            case Replace replace -> isPast(table, replace.endpoint().key(), version);
            case Report report -> true;
            case Reseal reseal -> isPast(table, reseal.key(), version);
            case Delete delete -> table.apply(delete.endpointId()).isEmpty();
            case SetEnabled set -> isPast(table, set.endpointId(), version);
            case PutApplication put -> isThere(table, put.application().id(), version);
            case DeleteApplication delete ->
                    table.apply(delete.recordId())
                            .filter(found -> found.version() == delete.ifVersion())
                            .isEmpty();
            case Deploy deploy ->
                    isThere(table, GroupIds.agent(deploy.accountId(), deploy.agentId()), version);
        };
    }

    private static boolean isThere(
            Function<String, Optional<Endpoint>> table, String key, long version) {
        return table.apply(key).filter(found -> found.version() >= version).isPresent();
    }

    private static boolean isPast(
            Function<String, Optional<Endpoint>> table, String key, long version) {
        return table.apply(key).filter(found -> found.version() < version).isEmpty();
    }

    /** The command's JSON. */
    default byte[] bytes() {
        return Json.shared().writerFor(Command.class).writeValueAsBytes(this);
    }

    /** Reads what {@link #bytes} wrote. */
    static Command read(byte[] bytes) {
        return Json.read(bytes, Command.class);
    }
}
