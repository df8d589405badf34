/** The scenarios: each runs one thing and reports what it came to. */
@NullMarked
package dev.ringback.scenario;

import org.jspecify.annotations.NullMarked;
