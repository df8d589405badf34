/**
 * The consumer runtime of dispatch: lanes that start records when they are due, let them finish in
 * any order, and commit what cannot be lost any more. It knows records and times, not deliveries.
 */
@NullMarked
package dev.ringback.lane;

import org.jspecify.annotations.NullMarked;
