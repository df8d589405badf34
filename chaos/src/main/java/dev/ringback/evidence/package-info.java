/** What was accepted, what reached whom, and whether that is what was promised. */
@NullMarked
package dev.ringback.evidence;

import org.jspecify.annotations.NullMarked;
