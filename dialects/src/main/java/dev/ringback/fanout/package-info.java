/** What becomes of a call by its events, and which deliveries each of them makes. Pure. */
@NullMarked
package dev.ringback.fanout;

import org.jspecify.annotations.NullMarked;
