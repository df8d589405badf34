package dev.ringback.console.read;

import dev.ringback.runtime.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that can be asked of what Kafka remembers, over all instances of the console. The HTTP routes
 * and the pages ask nothing else. Each answer is what the HTTP API sends.
 *
 * <p>Every method takes the view of who asks and shows nothing beyond it. Every method may throw a
 * {@link Problem}: 404 for what is not there or not seen, 422 for a question that makes no sense
 * (with {@code errors} of pointer and reason), 503 with {@code Retry-After} when the instance that
 * owns the answer cannot be asked just now. Lists and sums do not throw 503: they say {@code
 * "partial":true}. Thread-safe; methods may block, for some tens of milliseconds.
 */
public interface ReadSide {
    /**
     * Calls by the time they were created, newest first. An item: {@code call_id account_id
     * agent_id agent_name channel direction from to status end_reason environment created_at
     * ended_at duration_seconds sequence}; what the Call does not have is left out.
     */
    Page calls(View view, CallQuery query);

    /**
     * One Call, as {@code call.snapshots} has it.
     *
     * @param dialect null, or the vendor whose Get Call form is wanted
     */
    ObjectNode call(View view, String id, @Nullable String dialect);

    /**
     * The events of a call, an assistant or a message, oldest first: {@code
     * {"items":[{"event_id","type","occurred_at","received_at","sequence",
     * "call":{…},"data":{…}}]}}; {@code sequence} counts from 1; of very large events {@code call}
     * and {@code data} are left out. Empty when the call is kept and its events are not. At most
     * 1,000, the first; {@code "truncated":true} when there are more.
     */
    ObjectNode callEvents(View view, String id);

    /**
     * The deliveries of a call, an assistant or a message, oldest first: {@code {"items":[…]}},
     * each as in {@link #delivery} but without {@code body} and {@code delivery}. At most 500, the
     * last; {@code "truncated":true} when there are more.
     */
    ObjectNode callDeliveries(View view, String id);

    /**
     * Deliveries by the time they were made, newest first. An item: {@code delivery_id event_id
     * event_type webhook_event subject_id account_id endpoint_id dialect kind sequence created_at
     * state}({@code pending}, {@code delivered}, {@code dead}){@code reason attempts}(a
     * count){@code last_attempt_at last_status last_duration_ms next_due_at died_at
     * replay{id,count,at}}; what is not known is null.
     */
    Page deliveries(View view, DeliveryQuery query);

    /**
     * One delivery: all fields of an item of {@link #deliveries}, but {@code attempts} is the list
     * of every attempt as {@code webhook.attempts} has it, oldest first, and {@code attempt_count}
     * their number; {@code content_type}, {@code url} of the last attempt; {@code body}: the exact
     * text, or null when Kafka does not keep it any more (then {@code "body_gone":true}); {@code
     * body_base64} instead of it when it is not UTF-8; {@code delivery}: the header as it was made;
     * {@code "truncated":true} when there are more attempts than are shown.
     */
    ObjectNode delivery(View view, String id);

    /** The dead by the time they died, the last first; items as of {@link #deliveries}. */
    Page dead(View view, DeliveryQuery query);

    /**
     * How many are dead: {@code {"total":N,"groups":[{"endpoint_id","account_id","reason",
     * "deliveries"}]}}, the largest group first.
     */
    ObjectNode deadGroups(View view);

    /**
     * What became of an endpoint's attempts over time: {@code {"endpoint_id","since","until",
     * "step","points":[{"at","delivered","failed","deferred","dead","p50_ms","p95_ms","p99_ms"}],
     * "totals":{the same but "at", and "success_share"}}}; latencies are those of answers and null
     * where there was none.
     */
    ObjectNode endpointStats(View view, String id, StatsQuery query);

    /**
     * How things stand: {@code {"at","rates":{"events_per_s","attempts_per_s","delivered_per_s"}}
     * (of the last full minute), {@code "success_share"} (of the last hour's attempts, null when
     * none), {@code "latency":{"p50_ms","p95_ms","p99_ms"}} (last hour), {@code "pending"}, {@code
     * "delivered"}, {@code "dead"}, {@code "waiting":[{"rung":"1s","deliveries":N}…]} (by the rung
     * onto which the last failure put them; first attempts under way are {@code "rung":null}),
     * {@code "oldest_waiting":{"delivery_id","created_at"}} or null, {@code
     * "open_breakers":[{"endpoint_id","name","account_id","failed_in_row","failing_since"}]},
     * {@code "series":[…]}} the last hour's minutes as points of {@link #endpointStats}.
     */
    ObjectNode overview(View view);

    /**
     * Endpoints by name and id, without secrets and header values: {@code id account_id name url
     * dialect events scope status last_status_change failed_in_row recent_failures stage created_at
     * updated_at version}; records of groups (agents, applications) are left out.
     */
    Page endpoints(View view, @Nullable String cursor, int limit);

    /** One endpoint as in {@link #endpoints}. */
    ObjectNode endpoint(View view, String id);

    /**
     * The sums: {@code {"accepted_events","deliveries","delivered","pending","dead","dropped",
     * "unexplained","unrouted_events","balanced"}}. {@code dropped}: events that routing refused,
     * with their reason, in {@code call.events.invalid} (counted for those who see all accounts);
     * {@code unrouted_events}: null where that is not known, and for those who see some accounts;
     * {@code "catching_up":true}: the console has not read all that there is, so there is neither a
     * verdict nor anything unexplained yet; {@code balanced} is never true while it is so, nor
     * while events lie unrouted for long; {@code unexplained}: deliveries that {@link #open}
     * explains.
     */
    ObjectNode ledger(View view);

    /**
     * Why the ledger does not balance, delivery by delivery: items {@code {"delivery_id",
     * "account_id","endpoint_id","state","why","explanation","since"}}, {@code why} one of {@code
     * overdue without_record dead_without_record dead_without_attempt}.
     */
    Page open(View view, @Nullable String cursor, int limit);

    /**
     * Replays one delivery, dead or delivered: {@code {"delivery_id","replay_id"}}; 409 while it is
     * pending, and when there is no body to send.
     */
    ObjectNode replayDelivery(View view, String id);

    /**
     * Begins a replay of dead deliveries and returns it as {@link #replay} has it. A dry run only
     * counts: {@code {"dry_run":true,"deliveries":N,"groups":[{"endpoint_id","reason",
     * "deliveries"}],"left_out":{"replayed","too_often","over", "too_large"}}}. 422 when nothing
     * matches.
     */
    ObjectNode startReplay(View view, ReplayRequest request);

    /** The replays, the last first: {@code {"items":[…]}}. */
    ObjectNode replays(View view);

    /**
     * One replay: {@code {"replay_id","state"}}({@code running interrupted failed stopped done}
     * ){@code "by","started_at","updated_at","ended_at","filters":{…},"total","moved","delivered",
     * "died_again","why"}; {@code delivered} and {@code died_again} count what is known to have
     * become of the moved ones, {@code "partial":true} when not all could be asked.
     */
    ObjectNode replay(View view, String id);

    /** Ends a running replay where it is, and returns it; 409 when it does not run. */
    ObjectNode cancelReplay(View view, String id);

    /** Tells of what happens from now on. */
    Updates.Subscription subscribe(View view, Updates updates);
}
