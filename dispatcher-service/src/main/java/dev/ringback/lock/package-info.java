/** How threads keep out of each other's way. */
@NullMarked
package dev.ringback.lock;

import org.jspecify.annotations.NullMarked;
