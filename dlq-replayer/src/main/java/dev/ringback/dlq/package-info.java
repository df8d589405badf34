/** A dead delivery lives again: the commands of {@code ringback dlq}. */
@NullMarked
package dev.ringback.dlq;

import org.jspecify.annotations.NullMarked;
