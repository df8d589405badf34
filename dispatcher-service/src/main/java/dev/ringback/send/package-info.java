/** One HTTP exchange with a receiver: what goes out, what comes back, where it may go at all. */
@NullMarked
package dev.ringback.send;

import org.jspecify.annotations.NullMarked;
