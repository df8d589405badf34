/** A real KRaft broker inside this JVM, for the quickstart and for tests. */
@NullMarked
package dev.ringback.embedded;

import org.jspecify.annotations.NullMarked;
