/**
 * Three dispatchers on three brokers, faults all the time, and the guarantees checked afterwards.
 */
@NullMarked
package dev.ringback.chaos;

import org.jspecify.annotations.NullMarked;
