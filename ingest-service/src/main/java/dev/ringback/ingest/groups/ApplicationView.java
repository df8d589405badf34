package dev.ringback.ingest.groups;

import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Endpoint.Group.Application;
import dev.ringback.schemas.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** An application as answers show it: all that was asked for, except for the secret. */
final class ApplicationView {
    private static final List<Role> TOLD = List.of(Role.ring, Role.hangup, Role.status);

    private ApplicationView() {}

    /** The view of an application's record. */
    static ObjectNode of(Endpoint found) {
        if (!(found.config().group() instanceof Application application)) {
            throw new IllegalArgumentException(found.id() + " is no application");
        }
        ObjectNode view =
                Json.object()
                        .put("application_id", found.config().scope().applicationId())
                        .put("account_id", found.accountId());
        for (Role role : Role.values()) {
            view.put(ApplicationForm.field(role), application.urls().get(role));
        }
        view.put("answer_method", application.answerMethod())
                .put("status_callback_method", application.statusCallbackMethod())
                .put("payload", application.payload().name())
                .put("webhook_secret_set", !found.config().secrets().isEmpty());
        ObjectNode endpoints = view.putObject("endpoints");
        TOLD.stream()
                .filter(application.urls()::containsKey)
                .forEach(
                        role ->
                                endpoints.put(
                                        ApplicationForm.field(role),
                                        GroupIds.member(found.id(), role)));
        view.putPOJO("created_at", found.createdAt()).putPOJO("updated_at", found.updatedAt());
        return view;
    }
}
