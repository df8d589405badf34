package dev.ringback.dispatch;

import dev.ringback.route.Router;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The registry as routing sees it: the endpoints of an account. */
record Subscriptions(TopicTable<Target> targets) implements Router.Registry {
    @Override
    public CompletableFuture<Void> current() {
        return targets.current();
    }

    @Override
    public List<Endpoint> of(String accountId) {
        return targets.in(accountId).stream().map(Target::endpoint).toList();
    }
}
