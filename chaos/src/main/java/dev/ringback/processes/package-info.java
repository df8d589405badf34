/**
 * The parts of an installation as processes of their own, to be killed, paused and started again.
 */
@NullMarked
package dev.ringback.processes;

import org.jspecify.annotations.NullMarked;
