/** Who is at the browser, and that it is really them: sessions, forms' tokens, the door. */
@NullMarked
package dev.ringback.console.web.visit;

import org.jspecify.annotations.NullMarked;
