package dev.ringback.fanout;

import dev.ringback.dialect.CallTargets;
import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Question;
import dev.ringback.schemas.DeliveryHeader.Question.Source;
import dev.ringback.schemas.DeliveryHeader.Via;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides the deliveries of one event: one for each endpoint that wants it and each URL that its
 * call brings for it. Pure; bodies are rendered once for each form.
 */
public final class Fanout {
    private static final String GET = "GET";

    private final CallEvent event;
    private final Subject subject;
    private final Instant createdAt;
    private final DeliveryHeader.Origin origin;
    private final Map<Form, byte[]> bodies = new HashMap<>();

    /** What bodies differ by. */
    private record Form(String dialect, Endpoint.@Nullable Callback callback) {}

    /** One delivery that an event makes. */
    public record Planned(DeliveryHeader header, byte[] body) {}

    /**
     * The deliveries of an event.
     *
     * @param subject as it is after the event
     * @param createdAt when the event reached {@code call.events}
     */
    public Fanout(
            CallEvent event, Subject subject, Instant createdAt, DeliveryHeader.Origin origin) {
        this.event = event;
        this.subject = subject;
        this.createdAt = createdAt;
        this.origin = origin;
    }

    /** Those that go to an account's endpoints, and those that go to the call's own URLs. */
    public List<Planned> over(List<Endpoint> endpoints) {
        List<Planned> planned = new ArrayList<>();
        Set<Role> silent = CallTargets.replaced(subject.targets());
        silent.addAll(EnumSet.of(Role.answer, Role.fallback));
        for (Endpoint endpoint : endpoints) {
            Endpoint.Callback callback = endpoint.config().callback();
            boolean isSilent = callback != null && silent.contains(callback.role());
            if (!isSilent && takes(endpoint)) {
                plan(endpoint.dialect(), endpoint.id(), callback, via(endpoint))
                        .ifPresent(planned::add);
            }
        }
        if (!subject.targets().isEmpty()) {
            planOwn(endpoints, planned);
        }
        if (event.type() == EventType.CALL_ANSWERED) {
            question(endpoints).ifPresent(planned::add);
        }
        return planned;
    }

    /** Whether somebody may be asked what the event's call does next. */
    public boolean isAsked(List<Endpoint> endpoints) {
        Endpoint application = application(endpoints).orElse(null);
        return CallTargets.asked(subject.targets(), Role.answer, application).isPresent();
    }

    /** What the call does next: the answer URL is asked, and knows the way to the fallback. */
    private Optional<Planned> question(List<Endpoint> endpoints) {
        Endpoint application = application(endpoints).orElse(null);
        Question.@Nullable Fallback fallback =
                CallTargets.asked(subject.targets(), Role.fallback, application)
                        .map(
                                to ->
                                        new Question.Fallback(
                                                id(to, application),
                                                via(to, application, Source.fallback, null)))
                        .orElse(null);
        return CallTargets.asked(subject.targets(), Role.answer, application)
                .flatMap(
                        to ->
                                plan(
                                        to.dialect(),
                                        id(to, application),
                                        to.callback(),
                                        via(to, application, Source.answer, fallback)));
    }

    /** A call's own URL has an id of its own; an application's has the application's. */
    private String id(CallTargets.Target to, @Nullable Endpoint application) {
        Role role = Role.valueOf(to.purpose());
        return application == null || CallTargets.replaced(subject.targets()).contains(role)
                ? GroupIds.ofCall(event.accountId(), to.dialect(), to.purpose(), to.url())
                : GroupIds.member(application.id(), role);
    }

    private static Via via(
            CallTargets.Target to,
            @Nullable Endpoint application,
            Source source,
            Question.@Nullable Fallback fallback) {
        return new Via(
                null,
                to.url(),
                to.secrets(),
                signer(application),
                method(to.callback()),
                false,
                new Question(source, fallback));
    }

    private void planOwn(List<Endpoint> endpoints, List<Planned> into) {
        Endpoint application = application(endpoints).orElse(null);
        for (CallTargets.Target own :
                CallTargets.of(subject.targets(), event.type(), application)) {
            String id = GroupIds.ofCall(event.accountId(), own.dialect(), own.purpose(), own.url());
            Endpoint.Callback callback = own.callback();
            Via via =
                    new Via(
                            null,
                            own.url(),
                            own.secrets(),
                            callback == null ? null : signer(application),
                            method(callback),
                            false);
            plan(own.dialect(), id, callback, via).ifPresent(into::add);
        }
    }

    /** The application's record, where there is something in it to sign with. */
    private static @Nullable String signer(@Nullable Endpoint application) {
        return application != null && !application.config().secrets().isEmpty()
                ? application.id()
                : null;
    }

    private boolean takes(Endpoint endpoint) {
        return endpoint.config().group() == null
                && endpoint.wants(event.type())
                && endpoint.covers(this::scopeField);
    }

    /** The record of the TryVox application that the event's call belongs to. */
    private Optional<Endpoint> application(List<Endpoint> endpoints) {
        return scopeField("application_id")
                .map(id -> GroupIds.application(event.accountId(), id))
                .flatMap(id -> endpoints.stream().filter(e -> e.id().equals(id)).findFirst());
    }

    private static @Nullable Via via(Endpoint endpoint) {
        boolean deployed = endpoint.stage() == Endpoint.Stage.deployed;
        String method = method(endpoint.config().callback());
        return deployed || method != null
                ? new Via(
                        deployed ? Endpoint.Stage.deployed : null,
                        null,
                        List.of(),
                        null,
                        method,
                        false)
                : null;
    }

    private static @Nullable String method(Endpoint.@Nullable Callback callback) {
        return callback != null && callback.method().equals(GET) ? GET : null;
    }

    private Optional<Planned> plan(
            String dialectName,
            String endpointId,
            Endpoint.@Nullable Callback callback,
            @Nullable Via via) {
        Optional<Dialect> dialect = Dialects.named(dialectName);
        return dialect.flatMap(known -> known.webhookEvent(event.type()))
                .map(
                        name ->
                                new Planned(
                                        DeliveryHeader.first(
                                                event,
                                                subject.sequence(),
                                                name,
                                                endpointId,
                                                dialectName,
                                                dialect.get().contentType(callback),
                                                createdAt,
                                                origin,
                                                via),
                                        body(dialect.get(), callback)));
    }

    private byte[] body(Dialect dialect, Endpoint.@Nullable Callback callback) {
        Endpoint.Callback form =
                callback == null
                        ? null
                        : new Endpoint.Callback(
                                callback.role(), null, callback.method(), callback.payload());
        return bodies.computeIfAbsent(
                new Form(dialect.name(), form),
                f -> dialect.body(event, subject.call(), subject.sequence(), form));
    }

    private Optional<String> scopeField(String field) {
        Call call = subject.call();
        if (call != null) {
            return call.text(field);
        }
        if (field.equals("environment")) {
            String said = event.environment();
            return Optional.of(said == null ? CallEvent.DEFAULT_ENVIRONMENT : said);
        }
        boolean isAgent =
                field.equals("agent_id") && event.type().subject() == EventType.Subject.ASSISTANT;
        return isAgent ? Optional.of(event.subjectId()) : event.data().path(field).stringValueOpt();
    }
}
