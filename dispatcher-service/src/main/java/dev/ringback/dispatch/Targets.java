package dev.ringback.dispatch;

import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Terms;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Finds where a delivery goes and what signs it, at each attempt anew, so that a change applies to
 * the next one. Thread-safe.
 */
final class Targets {
    private static final long TABLE_SECONDS = 10;
    private static final Terms USUAL = new Terms(EffectivePolicy.MAX_IN_FLIGHT, Optional.empty());

    private final TopicTable<Target> table;
    private final SecretBox box;

    /** That an endpoint's record is there and cannot be read. */
    static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String key) {
            super(key + " cannot be read");
        }
    }

    /**
     * Finds endpoints in the registry.
     *
     * @param box opens the secrets that deliveries carry
     */
    Targets(TopicTable<Target> table, SecretBox box) {
        this.table = table;
        this.box = box;
    }

    /** What the policy of an endpoint says of its flow; what is usual for other flows. */
    Terms terms(String flow) {
        return known(flow).map(Target::terms).orElse(USUAL);
    }

    /**
     * Since when the deliveries of an endpoint may keep the order of each call: its last change, or
     * ever since it was made. Empty when they do not.
     */
    Optional<Instant> orderedSince(String endpointId) {
        return Stream.of(endpointId, Endpoint.key(endpointId, Endpoint.Stage.deployed))
                .flatMap(key -> table.get(key).stream())
                .filter(target -> target.policy().ordered())
                .map(Target::endpoint)
                .map(one -> one.updatedAt().equals(one.createdAt()) ? Instant.MIN : one.updatedAt())
                .max(Instant::compareTo);
    }

    private Optional<Target> known(String id) {
        return table.get(id).or(() -> table.get(Endpoint.key(id, Endpoint.Stage.deployed)));
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
                throw new Unreadable(key);
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
