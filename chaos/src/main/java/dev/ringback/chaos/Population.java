package dev.ringback.chaos;

import dev.ringback.subscribers.Behaviour;
import dev.ringback.subscribers.Behaviour.Trouble;
import dev.ringback.subscribers.Subscriber;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The subscribers of a run, made from its seed: most behave, and each kind of trouble is there. */
final class Population {
    /** The types of the events of a call, in their order. */
    static final List<String> TYPES =
            List.of("call.created", "call.started", "call.ended", "call.billed");

    /** Of a call that is not in production, for which the slow and the hopeless ask. */
    static final String STAGING = "staging";

    private static final Map<String, List<String>> KNOWN =
            Map.of(
                    "standard", TYPES,
                    "vomyra", List.of("call.started", "call.ended"),
                    "ultravox", List.of("call.created", "call.ended", "call.billed"));
    private static final List<String> DIALECTS =
            List.of("standard", "standard", "vomyra", "ultravox");
    private static final List<String> PATIENT = List.of("1s", "1s", "2s", "4s");
    private static final List<String> SHORT = List.of("1s");

    /** How many subscribers of two hundred behave like that; all others answer 200. */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind(10, Trouble.none, 0, true, PATIENT),
                    new Kind(8, Trouble.error, 2, true, PATIENT),
                    new Kind(3, Trouble.reset, 1, true, PATIENT),
                    new Kind(3, Trouble.later_seconds, 1, true, PATIENT),
                    new Kind(30, Trouble.error, 2, false, PATIENT),
                    new Kind(10, Trouble.reset, 2, false, PATIENT),
                    new Kind(6, Trouble.later_seconds, 1, false, PATIENT),
                    new Kind(4, Trouble.later_date, 1, false, PATIENT),
                    new Kind(8, Trouble.hang, 1, false, PATIENT),
                    new Kind(6, Trouble.drip, 1, false, PATIENT),
                    new Kind(4, Trouble.gigabytes, 1, false, PATIENT),
                    new Kind(8, Trouble.error, Behaviour.ALWAYS, false, SHORT),
                    new Kind(4, Trouble.error, Behaviour.ALWAYS, false, List.of()),
                    new Kind(4, Trouble.hang, Behaviour.ALWAYS, false, SHORT),
                    new Kind(2, Trouble.drip, Behaviour.ALWAYS, false, SHORT),
                    new Kind(4, Trouble.reset, Behaviour.ALWAYS, false, SHORT),
                    new Kind(4, Trouble.gone, Behaviour.ALWAYS, false, PATIENT),
                    new Kind(2, Trouble.blocked, Behaviour.ALWAYS, false, PATIENT));

    private record Kind(
            int ofTwoHundred,
            Trouble trouble,
            int mostFailed,
            boolean ordered,
            List<String> schedule) {
        Kind {
            schedule = List.copyOf(schedule);
        }

        /** Whether its attempts take as long as their timeout. */
        boolean isSlow() {
            return trouble == Trouble.hang || trouble == Trouble.drip;
        }
    }

    private static final Kind GOOD = new Kind(0, Trouble.none, 0, false, PATIENT);

    private Population() {}

    /** As many subscribers, spread over accounts. */
    static List<Subscriber> of(int count, int accounts, Random random) {
        List<Kind> kinds = new ArrayList<>();
        for (Kind kind : KINDS) {
            int some = Math.max(1, kind.ofTwoHundred() * count / 200);
            kinds.addAll(Collections.nCopies(some, kind));
        }
        while (kinds.size() < count) {
            kinds.add(GOOD);
        }
        Collections.shuffle(kinds, random);
        List<Subscriber> all = new ArrayList<>();
        for (int number = 0; number < kinds.size(); number++) {
            all.add(subscriber(number, account(number % accounts), kinds.get(number), random));
        }
        return all;
    }

    /** The name of an account. */
    static String account(int number) {
        return "acc_" + number;
    }

    private static Subscriber subscriber(int number, String account, Kind kind, Random random) {
        Behaviour behaviour = new Behaviour(kind.trouble(), kind.mostFailed());
        boolean standard = kind.ordered() || kind.trouble() == Trouble.gone;
        String dialect = standard ? "standard" : DIALECTS.get(random.nextInt(DIALECTS.size()));
        return new Subscriber(
                number,
                account,
                dialect,
                kind.ordered() ? Set.copyOf(TYPES) : types(dialect, random),
                environment(kind, behaviour, random),
                kind.ordered(),
                kind.isSlow() ? "1s" : "4s",
                kind.schedule(),
                kind.isSlow() && behaviour.isHopeless() ? "20s" : null,
                secret(dialect, random),
                behaviour);
    }

    private static @Nullable String environment(Kind kind, Behaviour behaviour, Random random) {
        if (kind.isSlow() || behaviour.isHopeless()) {
            return STAGING;
        }
        return !kind.ordered() && random.nextInt(5) == 0 ? "production" : null;
    }

    /** Mostly one type, sometimes two. */
    private static Set<String> types(String dialect, Random random) {
        List<String> known = KNOWN.getOrDefault(dialect, TYPES);
        Set<String> types = new TreeSet<>();
        types.add(known.get(random.nextInt(known.size())));
        if (random.nextInt(4) == 0) {
            types.add(known.get(random.nextInt(known.size())));
        }
        return types;
    }

    private static String secret(String dialect, Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return dialect.equals("standard")
                ? "whsec_" + Base64.getEncoder().encodeToString(bytes)
                : HexFormat.of().formatHex(bytes);
    }
}
