/** The read side over HTTP. */
@NullMarked
package dev.ringback.console.api;

import org.jspecify.annotations.NullMarked;
