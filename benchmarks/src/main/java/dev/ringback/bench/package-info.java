/** {@code ringback bench}: what Ringback can do on this machine, scenario by scenario. */
@NullMarked
package dev.ringback.bench;

import org.jspecify.annotations.NullMarked;
