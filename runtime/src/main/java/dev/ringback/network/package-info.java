/** Addresses: ranges of them, and the proxy on the way out. */
@NullMarked
package dev.ringback.network;

import org.jspecify.annotations.NullMarked;
