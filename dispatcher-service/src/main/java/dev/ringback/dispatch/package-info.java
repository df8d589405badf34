/** A delivery goes out: signed, sent, judged, recorded, and moved to where it has to wait. */
@NullMarked
package dev.ringback.dispatch;

import org.jspecify.annotations.NullMarked;
