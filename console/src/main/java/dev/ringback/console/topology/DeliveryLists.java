package dev.ringback.console.topology;

import dev.ringback.console.topology.Keys.Scope;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;

/** In which lists a delivery is, and where. */
public final class DeliveryLists {
    /** Those that are neither delivered nor dead. */
    public static final String PENDING = "s:pending";

    /** The dead, by the time they were made. */
    public static final String DEAD = "s:dead";

    /** The dead, by the time they died; with a reason behind it: of that reason. */
    public static final String DIED = "x:";

    private DeliveryLists() {}

    /** Every place of a delivery. */
    static Set<Bytes> of(DeliveryState delivery) {
        Set<Bytes> places = new TreeSet<>();
        if (delivery.id().isEmpty()) {
            return places;
        }
        in(places, Scope.everybody, Keys.ALL, delivery);
        in(places, Scope.account, delivery.text("account_id"), delivery);
        in(places, Scope.endpoint, delivery.text("endpoint_id"), delivery);
        String subject = delivery.text("subject_id");
        add(places, Scope.subject, subject, Keys.ALL, delivery.listedMillis(), delivery);
        for (String account : List.of(Keys.ALL, delivery.text("account_id"))) {
            delivery.dueMillis()
                    .ifPresent(at -> places.add(ascending(Keys.due(account), at, delivery.id())));
            if (delivery.odd().isPresent()) {
                places.add(ascending(Keys.odd(account), delivery.lastMillis(), delivery.id()));
            }
        }
        return places;
    }

    private static void in(Set<Bytes> places, Scope scope, String of, DeliveryState delivery) {
        long listed = delivery.listedMillis();
        add(places, scope, of, Keys.ALL, listed, delivery);
        switch (delivery.text("state")) {
            case "pending" -> add(places, scope, of, PENDING, listed, delivery);
            case "dead" -> {
                add(places, scope, of, DEAD, listed, delivery);
                add(places, scope, of, DIED, delivery.diedMillis(), delivery);
                String why = DIED + delivery.text("reason");
                if (!why.equals(DIED)) {
                    add(places, scope, of, why, delivery.diedMillis(), delivery);
                }
            }
            default -> {}
        }
    }

    private static void add(
            Set<Bytes> places,
            Scope scope,
            String of,
            String facet,
            long at,
            DeliveryState delivery) {
        places.add(Bytes.wrap(Keys.place(Keys.list(scope, of, facet), at, delivery.id())));
    }

    private static Bytes ascending(byte[] list, long at, String id) {
        return Bytes.wrap(Keys.ascending(list, at, id));
    }
}
