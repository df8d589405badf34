package dev.ringback.dispatch;

import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds where a delivery goes and what signs it, at each attempt anew, so that a change applies to
 * the next one. Thread-safe.
 */
final class Targets {
    private static final long TABLE_SECONDS = 10;

    private final TopicTable<Target> table;
    private final SecretBox box;

    /**
     * Finds endpoints in the registry.
     *
     * @param box opens the secrets that deliveries carry
     */
    Targets(TopicTable<Target> table, SecretBox box) {
        this.table = table;
        this.box = box;
    }

    /** A delivery's target; empty when its endpoint, or the application of that, was deleted. */
    Optional<Target> of(DeliveryHeader header) {
        DeliveryHeader.Via via = header.via();
        if (via != null && via.url() != null) {
            return ofCall(header, via, via.url());
        }
        Endpoint.Stage stage = via == null ? null : via.stage();
        return find(Endpoint.key(header.endpointId(), stage)).flatMap(this::withGroup);
    }

    /**
     * A call's own URL needs nothing of the registry but the secrets of its application, without
     * which it would go out unsigned.
     */
    private Optional<Target> ofCall(DeliveryHeader header, DeliveryHeader.Via via, String url) {
        Target own = Target.ofCall(header, via, url, box);
        String signer = via.secrets().isEmpty() ? via.signedBy() : null;
        return signer == null ? Optional.of(own) : find(signer).map(own::signedBy);
    }

    private Optional<Target> withGroup(Target target) {
        Endpoint.Callback callback = target.endpoint().config().callback();
        return callback == null || callback.group() == null
                ? Optional.of(target)
                : find(callback.group()).map(target::signedBy);
    }

    /** A record as known; asked for once more before it counts as deleted. */
    private Optional<Target> find(String key) {
        Optional<Target> known = table.get(key);
        if (known.isPresent()) {
            return known;
        }
        try {
            table.current().get(TABLE_SECONDS, TimeUnit.SECONDS);
            if (table.isUnreadable(key)) {
                throw new IllegalStateException(key + " cannot be read");
            }
            return table.get(key);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the registry cannot be read now", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("stopping");
        }
    }
}
