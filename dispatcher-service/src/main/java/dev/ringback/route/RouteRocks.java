package dev.ringback.route;

import dev.ringback.rocks.BoundedRocks;

/** Bounds the memory of the stores that routing keeps. */
public final class RouteRocks extends BoundedRocks {
    private static final Budget BUDGET = new Budget(96L << 20, 48L << 20);

    /** Kafka Streams makes one for each store. */
    public RouteRocks() {
        super(BUDGET);
    }
}
