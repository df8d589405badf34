package dev.ringback.ingest.api;

import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.voxml.Report;
import dev.ringback.voxml.Voxml;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/voxml/validate}: what is wrong with a subscriber's VoxML. Thread-safe. */
public final class VoxmlApi {
    private static final int MAX_BYTES = 256 << 10;

    private final Requests requests;
    private final Voxml voxml;

    /**
     * Judges as answers to answer requests are judged.
     *
     * @param allowHttp whether URLs may be http
     */
    public VoxmlApi(Requests requests, boolean allowHttp) {
        this.requests = requests;
        this.voxml = new Voxml(allowHttp);
    }

    /** Adds its route. */
    public void addTo(RoutesConfig routes) {
        routes.post("/v1/voxml/validate", this::validate);
    }

    /** A verdict is no failure, so an invalid document is answered 200 as well. */
    private void validate(Context ctx) {
        requests.anyone(ctx);
        if (ctx.req().getContentLengthLong() > MAX_BYTES) {
            throw Problem.of(413, "a document here is at most " + MAX_BYTES + " bytes")
                    .header("Connection", "close");
        }
        Report report = voxml.read(ctx.bodyAsBytes());
        ObjectNode answer = Json.object().put("valid", report.valid());
        answer.putPOJO("errors", report.errors());
        answer.putPOJO("warnings", report.warnings());
        ctx.contentType("application/json").result(Json.bytes(answer));
    }
}
