package dev.ringback.lane;

import dev.ringback.flow.Deferral;
import dev.ringback.flow.Sign;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What a record may do now that it is its turn.
 *
 * @param deferral what there is too little of; empty when it has room
 * @param isOurs whether its partition is still ours, so that a request may be made
 * @param claim whether what became of it may be written; asked once, before
 * @param sign is told how a request has ended
 */
public record Turn(
        Optional<Deferral> deferral,
        BooleanSupplier isOurs,
        BooleanSupplier claim,
        Consumer<Sign> sign) {}
