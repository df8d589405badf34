/** Which trace an event belongs to, from whoever posts it to whoever gets its webhooks. */
@NullMarked
package dev.ringback.trace;

import org.jspecify.annotations.NullMarked;
