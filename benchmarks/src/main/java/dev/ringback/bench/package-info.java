/** {@code ringback bench}: which scenarios there are, and the command that runs them. */
@NullMarked
package dev.ringback.bench;

import org.jspecify.annotations.NullMarked;
