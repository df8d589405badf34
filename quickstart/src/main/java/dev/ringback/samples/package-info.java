/**
 * The events of {@code samples/}, who gets them, and what plays them: the same for everything in
 * one process and for services that run elsewhere.
 */
@NullMarked
package dev.ringback.samples;

import org.jspecify.annotations.NullMarked;
