package dev.ringback.dialect;

import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Endpoint.Group;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The targets that a call brings itself, in the two forms that vendors have for it: which of them
 * an event goes to, where their secrets are, and what is remembered of them.
 */
public final class CallTargets {
    private static final String TRYVOX = "tryvox";
    private static final String ULTRAVOX = "ultravox";
    private static final String CALLBACKS = "callbacks";
    private static final String SECRET = "webhook_secret";
    private static final String SECRETS = "secrets";
    private static final String METHOD = "status_callback_method";
    private static final String ANSWER_METHOD = "answer_method";
    private static final String SEALED = "sealed";
    private static final int MOST_URL = 2_048;

    /** TryVox's URLs by what they are for. */
    private static final Map<Role, String> TRYVOX_URLS =
            Map.of(
                    Role.answer, "answer_url",
                    Role.fallback, "fallback_url",
                    Role.ring, "ring_url",
                    Role.hangup, "hangup_url",
                    Role.status, "status_callback_url");

    /** Which of TryVox's URLs are told of an event; the answer URL is asked, not told. */
    private static final Map<EventType, Set<Role>> TRYVOX_ROLES =
            Map.of(
                    EventType.CALL_CREATED, EnumSet.of(Role.status),
                    EventType.CALL_RINGING, EnumSet.of(Role.ring, Role.status),
                    EventType.CALL_ANSWERED, EnumSet.of(Role.status),
                    EventType.CALL_ENDED, EnumSet.of(Role.hangup, Role.status));

    private static final Map<EventType, String> ULTRAVOX_CALLBACKS =
            Map.of(
                    EventType.CALL_JOINED, "joined",
                    EventType.CALL_ENDED, "ended",
                    EventType.CALL_BILLED, "billed");

    private CallTargets() {}

    /**
     * One of a call's own URLs.
     *
     * @param purpose what it is for, in the vendor's words
     * @param secrets sealed, oldest first
     * @param callback which of TryVox's URLs it is; null at the other vendor
     */
    public record Target(
            String dialect,
            String purpose,
            String url,
            List<String> secrets,
            Endpoint.@Nullable Callback callback) {
        /** Copies the list. */
        public Target {
            secrets = List.copyOf(secrets);
        }
    }

    /**
     * What is wrong with what an event brings, beyond what its schema says.
     *
     * @param allowHttp whether URLs may be http
     * @param allowSealed whether secrets may have been sealed before
     */
    public static List<Violation> faults(
            ObjectNode webhooks, boolean allowHttp, boolean allowSealed) {
        if (webhooks.isEmpty()) {
            return List.of();
        }
        List<Violation> faults = new ArrayList<>();
        for (String field : TRYVOX_URLS.values().stream().sorted().toList()) {
            checkUrl("/webhooks/" + field, webhooks.path(field), allowHttp, faults);
        }
        checkSecret("/webhooks/" + SECRET, webhooks.path(SECRET), allowSealed, faults);
        for (Map.Entry<String, JsonNode> callback : webhooks.path(CALLBACKS).properties()) {
            String pointer = "/webhooks/callbacks/" + callback.getKey();
            checkUrl(pointer + "/url", callback.getValue().path("url"), allowHttp, faults);
            JsonNode secrets = callback.getValue().path(SECRETS);
            for (int i = 0; i < secrets.size(); i++) {
                String at = pointer + "/" + SECRETS + "/" + i;
                checkSecret(at, secrets.path(i), allowSealed, faults);
            }
        }
        return faults;
    }

    /**
     * Puts sealed secrets in the place of plain ones; takes any form, also one that is not valid.
     *
     * @return whether there was a plain one
     */
    public static boolean seal(ObjectNode webhooks, UnaryOperator<String> seal) {
        boolean sealed = sealAt(webhooks, SECRET, seal);
        for (JsonNode node : webhooks.path(CALLBACKS).values()) {
            if (node instanceof ObjectNode callback) {
                sealed |= sealAt(callback, SECRETS, seal);
            }
        }
        return sealed;
    }

    /**
     * Puts sealed texts in the place of plain ones below every field that may hold secrets, in
     * whatever form somebody sent.
     *
     * @return whether there was a plain one
     */
    public static boolean sealAnywhere(JsonNode webhooks, UnaryOperator<String> seal) {
        boolean sealed = false;
        if (webhooks instanceof ObjectNode object) {
            for (String field : List.copyOf(object.propertyNames())) {
                JsonNode value = object.path(field);
                boolean secret =
                        field.toLowerCase(Locale.ROOT).contains("secret")
                                || (field.equalsIgnoreCase("webhooks") && value.isString());
                if (secret && !isSealed(value)) {
                    object.set(field, Json.object().put(SEALED, seal.apply(Json.text(value))));
                    sealed = true;
                } else if (!secret) {
                    sealed |= sealAnywhere(value, seal);
                }
            }
        }
        if (webhooks instanceof ArrayNode list) {
            for (JsonNode item : list) {
                sealed |= sealAnywhere(item, seal);
            }
        }
        return sealed;
    }

    private static boolean isSealed(JsonNode value) {
        return value.isNull() || (value.size() == 1 && value.path(SEALED).isString());
    }

    /** What is remembered of a call's targets after an event that brings some. */
    public static ObjectNode after(ObjectNode known, ObjectNode webhooks) {
        Optional<String> dialect = webhooks.path("dialect").stringValueOpt();
        if (dialect.isEmpty()) {
            return known;
        }
        ObjectNode own = webhooks.deepCopy();
        own.remove("dialect");
        ObjectNode next = known.deepCopy();
        Json.merge(next, Json.object().set(dialect.get(), own));
        return next;
    }

    /** Which of an application's URLs a call replaces by its own. */
    public static Set<Role> replaced(ObjectNode known) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        TRYVOX_URLS.forEach(
                (role, field) -> {
                    if (known.path(TRYVOX).hasNonNull(field)) {
                        roles.add(role);
                    }
                });
        return roles;
    }

    /**
     * The call's own URLs that an event goes to.
     *
     * @param known what is remembered of the call's targets
     * @param application the record of the call's TryVox application, which says in which form its
     *     status is told; null when there is none
     */
    public static List<Target> of(
            ObjectNode known, EventType type, @Nullable Endpoint application) {
        List<Target> targets = new ArrayList<>();
        JsonNode tryvox = known.path(TRYVOX);
        for (Role role : TRYVOX_ROLES.getOrDefault(type, Set.of())) {
            tryvox.path(url(role))
                    .stringValueOpt()
                    .ifPresent(url -> targets.add(tryvox(role, url, tryvox, application)));
        }
        String purpose = ULTRAVOX_CALLBACKS.getOrDefault(type, "");
        JsonNode callback = known.path(ULTRAVOX).path(CALLBACKS).path(purpose);
        callback.path("url")
                .stringValueOpt()
                .ifPresent(
                        url ->
                                targets.add(
                                        new Target(
                                                ULTRAVOX,
                                                purpose,
                                                url,
                                                sealed(callback.path(SECRETS).values()),
                                                null)));
        return targets;
    }

    /**
     * Who is asked what a call does next: the call's own URL, or else its application's; a GET has
     * the fields in its query.
     *
     * @param role answer or fallback
     */
    public static Optional<Target> asked(
            ObjectNode known, Role role, @Nullable Endpoint application) {
        JsonNode own = known.path(TRYVOX);
        Optional<Group.Application> group = group(application);
        Optional<String> ownUrl = own.path(url(role)).stringValueOpt();
        String url = ownUrl.orElse(group.map(one -> one.urls().get(role)).orElse(null));
        if (url == null) {
            return Optional.empty();
        }
        String method =
                own.path(ANSWER_METHOD)
                        .stringValueOpt()
                        .or(() -> group.map(Group.Application::answerMethod))
                        .orElse("POST");
        Endpoint.Callback callback =
                new Endpoint.Callback(
                        role,
                        application == null ? null : application.id(),
                        method,
                        Endpoint.Callback.Payload.documented);
        List<String> secrets = ownUrl.isPresent() ? sealed(List.of(own.path(SECRET))) : List.of();
        return Optional.of(new Target(TRYVOX, role.name(), url, secrets, callback));
    }

    private static Optional<Group.Application> group(@Nullable Endpoint application) {
        return Optional.ofNullable(application)
                .map(record -> record.config().group())
                .filter(Group.Application.class::isInstance)
                .map(Group.Application.class::cast);
    }

    private static Target tryvox(
            Role role, String url, JsonNode own, @Nullable Endpoint application) {
        boolean status = role == Role.status;
        Optional<Group.Application> group = group(application);
        String method =
                own.path(METHOD)
                        .stringValueOpt()
                        .or(() -> group.map(Group.Application::statusCallbackMethod))
                        .orElse("POST");
        boolean pascal =
                status
                        && group.map(Group.Application::payload)
                                .filter(Endpoint.Callback.Payload.pascal::equals)
                                .isPresent();
        Endpoint.Callback callback =
                new Endpoint.Callback(
                        role,
                        application == null ? null : application.id(),
                        status ? method : "POST",
                        pascal
                                ? Endpoint.Callback.Payload.pascal
                                : Endpoint.Callback.Payload.documented);
        return new Target(TRYVOX, role.name(), url, sealed(List.of(own.path(SECRET))), callback);
    }

    private static String url(Role role) {
        return Objects.requireNonNull(TRYVOX_URLS.get(role));
    }

    private static List<String> sealed(Iterable<JsonNode> secrets) {
        List<String> texts = new ArrayList<>();
        secrets.forEach(secret -> secret.path(SEALED).stringValueOpt().ifPresent(texts::add));
        return texts;
    }

    private static boolean sealAt(ObjectNode parent, String field, UnaryOperator<String> seal) {
        JsonNode found = parent.path(field);
        if (found.isString()) {
            parent.set(field, sealed(found, seal));
            return true;
        }
        boolean any = false;
        if (found instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.path(i).isString()) {
                    list.set(i, sealed(list.path(i), seal));
                    any = true;
                }
            }
        }
        return any;
    }

    private static ObjectNode sealed(JsonNode secret, UnaryOperator<String> seal) {
        return Json.object().put(SEALED, seal.apply(secret.stringValue()));
    }

    private static void checkUrl(
            String pointer, JsonNode url, boolean allowHttp, List<Violation> faults) {
        if (url.isString()) {
            try {
                UrlRules.check(url.stringValue(), MOST_URL, allowHttp);
            } catch (IllegalArgumentException e) {
                faults.add(new Violation(pointer, String.valueOf(e.getMessage())));
            }
        }
    }

    private static void checkSecret(
            String pointer, JsonNode secret, boolean allowSealed, List<Violation> faults) {
        if (secret.isObject() && !allowSealed) {
            faults.add(new Violation(pointer, "is not a text"));
        }
        secret.stringValueOpt()
                .flatMap(text -> Secrets.faultInText(text, Dialect.Rules.ANY.mostSecret()))
                .ifPresent(fault -> faults.add(new Violation(pointer, fault)));
    }
}
