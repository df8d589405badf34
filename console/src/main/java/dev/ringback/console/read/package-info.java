/**
 * What can be asked of the read side, by routes and pages alike, and in which shapes it answers.
 */
@NullMarked
package dev.ringback.console.read;

import org.jspecify.annotations.NullMarked;
