package dev.ringback.console.api;

import dev.ringback.console.query.Peers;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.function.UnaryOperator;

/** What only other instances of the console may ask. */
public final class InstanceRoutes {
    private final Peers peers;
    private final UnaryOperator<byte[]> stores;
    private final UnaryOperator<byte[]> cancel;

    /**
     * Answers instances that know the secret.
     *
     * @param stores answers a question about this instance's stores
     * @param cancel ends a replay that this instance works on
     */
    public InstanceRoutes(Peers peers, UnaryOperator<byte[]> stores, UnaryOperator<byte[]> cancel) {
        this.peers = peers;
        this.stores = stores;
        this.cancel = cancel;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.post(Peers.PATH + "stores", ctx -> answer(ctx, stores));
        routes.post(Peers.PATH + "cancel", ctx -> answer(ctx, cancel));
    }

    private void answer(Context ctx, UnaryOperator<byte[]> how) {
        peers.check(ctx.header(Peers.header()));
        ctx.contentType("application/octet-stream").result(how.apply(ctx.bodyAsBytes()));
    }
}
