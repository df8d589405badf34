package dev.ringback.console.answer;

import dev.ringback.console.read.ReplayRequest;
import dev.ringback.console.read.View;
import dev.ringback.dlq.replay.Replays;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Units;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked of replays. */
final class ReplayAnswers {
    private static final int MOST = 200;

    private final ReplayJobs jobs;
    private final SumAnswers sums;

    ReplayAnswers(ReplayJobs jobs, SumAnswers sums) {
        this.jobs = jobs;
        this.sums = sums;
    }

    ObjectNode start(View view, ReplayRequest request) {
        Replays.Order order = order(view, request);
        if (request.dryRun()) {
            Replays.Preview preview = jobs.preview(order);
            ObjectNode shown =
                    Json.object().put("dry_run", true).put("deliveries", preview.deliveries());
            ArrayNode groups = shown.putArray("groups");
            preview.groups().forEach(groups::add);
            ObjectNode leftOut = shown.putObject("left_out");
            preview.leftOut().forEach(leftOut::put);
            return shown;
        }
        return jobs.start(view.name(), order)
                .map(this::shown)
                .orElseThrow(
                        () ->
                                Lists.wrong(
                                        "filters",
                                        "mean no dead delivery that has not been replayed"));
    }

    private static Replays.Order order(View view, ReplayRequest request) {
        Filter filter =
                new Filter(
                        Optional.ofNullable(request.endpointId()),
                        account(view, request),
                        Optional.ofNullable(request.callId()),
                        Optional.ofNullable(request.eventType()).map(ReplayAnswers::eventType),
                        Optional.ofNullable(request.reason()).map(ReplayAnswers::reason),
                        Optional.ofNullable(request.status()).map(ReplayAnswers::status),
                        Optional.ofNullable(request.deliveryId()),
                        Optional.ofNullable(request.since()),
                        Optional.ofNullable(request.until()));
        if (request.max() != null && request.max() < 1) {
            throw Lists.wrong("max", "is not at least 1");
        }
        return new Replays.Order(
                filter,
                request.again(),
                request.max(),
                rate("rate", request.rate()),
                rate("endpoint_rate", request.endpointRate()));
    }

    /** A filter must never mean what the view does not show. */
    private static Optional<String> account(View view, ReplayRequest request) {
        if (request.account() != null) {
            if (!view.sees(request.account())) {
                throw Lists.wrong("filters/account_id", "is not an account of this key");
            }
            return Optional.of(request.account());
        }
        if (view.isWhole()) {
            return Optional.empty();
        }
        List<String> accounts = List.copyOf(view.some().orElseThrow());
        if (accounts.size() != 1) {
            throw Lists.wrong("filters/account_id", "is required: this key has several");
        }
        return Optional.of(accounts.getFirst());
    }

    private static String eventType(String text) {
        if (EventType.of(text).isEmpty()) {
            throw Lists.wrong("filters/event_type", "is no type of event");
        }
        return text;
    }

    private static Reason reason(String text) {
        return Arrays.stream(Reason.values())
                .filter(one -> one.name().equals(text))
                .findFirst()
                .orElseThrow(() -> Lists.wrong("filters/reason", "is no reason to die"));
    }

    private static Filter.Status status(String text) {
        return Filter.Status.of(text)
                .orElseThrow(
                        () -> Lists.wrong("filters/status", "is not such as 503, 5xx or none"));
    }

    private static @Nullable String rate(String field, @Nullable String text) {
        try {
            if (text != null) {
                Units.perSecond(text);
            }
            return text;
        } catch (IllegalArgumentException e) {
            throw Lists.wrong(field, String.valueOf(e.getMessage()));
        }
    }

    ObjectNode replays(View view) {
        ObjectNode shown = Json.object();
        ArrayNode items = shown.putArray("items");
        jobs.all().stream()
                .filter(job -> sees(view, job))
                .sorted(
                        Comparator.comparing(
                                        (ObjectNode job) -> job.path("started_at").stringValue(""))
                                .reversed())
                .limit(MOST)
                .forEach(job -> items.add(json(job)));
        return shown;
    }

    ObjectNode replay(View view, String id) {
        return shown(find(view, id));
    }

    private ObjectNode find(View view, String id) {
        return jobs.find(id)
                .filter(job -> sees(view, job))
                .orElseThrow(() -> Problem.of(404, "there is no replay " + id));
    }

    ObjectNode cancel(View view, String id) {
        ObjectNode job = find(view, id);
        if (!job.path("state").stringValue("").equals("running")) {
            throw Problem.of(
                    409, "replay " + id + " is " + job.path("state").stringValue("") + " already");
        }
        return shown(jobs.cancel(id, view.name()));
    }

    /** A replay that is not limited to an account may be of any. */
    static boolean sees(View view, JsonNode job) {
        return view.isWhole()
                || job.path("filters")
                        .path("account")
                        .stringValueOpt()
                        .filter(view::sees)
                        .isPresent();
    }

    /** With what has become of what it moved, as far as that is known. */
    private ObjectNode shown(ObjectNode job) {
        ObjectNode shown = json(job);
        SumAnswers.Sum fates = sums.replayed(job.path("name").stringValue(""));
        if (fates.partial()) {
            shown.put("partial", true);
        }
        return shown.put("delivered", fates.of("delivered")).put("died_again", fates.of("dead"));
    }

    static ObjectNode json(JsonNode job) {
        ObjectNode shown = Json.object();
        shown.set("replay_id", job.path("name"));
        for (String field :
                List.of("state", "by", "started_at", "updated_at", "ended_at", "filters")) {
            shown.set(field, job.path(field));
        }
        JsonNode counts = job.path("counts");
        shown.set("total", counts.path("total"));
        shown.set("moved", counts.path("moved"));
        shown.set("delivered", counts.path("delivered"));
        shown.set("died_again", counts.path("died_again"));
        JsonNode asked = job.path("asked");
        shown.put("rate", asked.path("rate").stringValue(null));
        shown.put("endpoint_rate", asked.path("endpoint_rate").stringValue(null));
        return shown.put("why", job.path("why").stringValue(null));
    }
}
