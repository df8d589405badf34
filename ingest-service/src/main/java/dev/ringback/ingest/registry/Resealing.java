package dev.ringback.ingest.registry;

import dev.ringback.ingest.registry.Command.Reseal;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals anew, once after the start, what another than the first master key has sealed, so that the
 * other keys can go. Several instances may do so at once: a value that is no longer there is passed
 * over. A thread of its own; it tries again for as long as the registry does not answer.
 */
public final class Resealing implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Resealing.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST_NAMED = 20;

    private final Registry registry;
    private final SecretBox box;
    private final Supplier<UUID> uuids;
    private final ScheduledExecutorService tries =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("resealing").factory());

    // Touched by the thread that tries alone.
    private int done;

    /**
     * Reseals what is in the registry.
     *
     * @param uuids for the ids of commands
     */
    public Resealing(Registry registry, SecretBox box, Supplier<UUID> uuids) {
        this.registry = registry;
        this.box = box;
        this.uuids = uuids;
    }

    /** Returns at once. */
    @Override
    public void start() {
        tries.execute(this::tryOnce);
    }

    @Override
    public void stop() {
        tries.shutdownNow();
        tries.close();
    }

    private void tryOnce() {
        try {
            List<String> lost = reseal();
            if (done > 0) {
                LOG.info("{} endpoints were sealed anew by the first master key", done);
            }
            if (!lost.isEmpty()) {
                LOG.error(
                        "{} endpoints hold what no master key opens: {}",
                        lost.size(),
                        lost.subList(0, Math.min(MOST_NAMED, lost.size())));
            }
        } catch (Problem e) {
            LOG.debug("the registry is asked again: {}", e.getMessage());
            again();
        } catch (RuntimeException e) {
            LOG.error("secrets stay sealed by the keys that they are sealed by", e);
        }
    }

    private void again() {
        try {
            Future<?> _ = tries.schedule(this::tryOnce, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopped before all was sealed anew");
        }
    }

    /** Returns the keys of records with something that does not open. */
    private List<String> reseal() {
        List<String> lost = new ArrayList<>();
        for (Endpoint endpoint : registry.current().all()) {
            List<String> old = notSealedByFirst(endpoint);
            if (!old.isEmpty()) {
                reseal(endpoint, old, lost);
            }
        }
        return lost;
    }

    private List<String> notSealedByFirst(Endpoint endpoint) {
        return Stream.concat(
                        endpoint.config().secrets().stream().map(Endpoint.Secret::sealed),
                        endpoint.config().headers().values().stream())
                .filter(value -> !box.isSealedByFirst(value))
                .toList();
    }

    private void reseal(Endpoint endpoint, List<String> old, List<String> lost) {
        Map<String, String> anew = new HashMap<>();
        try {
            for (String before : old) {
                String text = box.open(before, endpoint.id());
                anew.put(before, box.seal(text, endpoint.id()));
            }
        } catch (IllegalStateException e) {
            LOG.debug("{} does not open", endpoint.key(), e);
            lost.add(endpoint.key());
            return;
        }
        try {
            registry.submit(
                    new Reseal("cmd_" + uuids.get(), endpoint.accountId(), endpoint.key(), anew));
            done++;
        } catch (Problem e) {
            if (e.status() != Answer.MISSING) {
                throw e;
            }
            LOG.debug("{} is gone", endpoint.key());
        }
    }
}
