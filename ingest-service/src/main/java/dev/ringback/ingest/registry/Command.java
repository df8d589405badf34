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
     * Take an endpoint away.
     *
     * @param ifVersion only at this version; null for any
     */
    @JsonTypeName("delete")
    record Delete(String id, String accountId, String endpointId, @Nullable Long ifVersion)
            implements Command {}

    /** The command's JSON. */
    default byte[] bytes() {
        return Json.shared().writerFor(Command.class).writeValueAsBytes(this);
    }

    /** Reads what {@link #bytes} wrote. */
    static Command read(byte[] bytes) {
        return Json.read(bytes, Command.class);
    }
}
