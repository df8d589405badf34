/** What the tests of several modules share: a broker, a subscriber, conditions to wait for. */
@NullMarked
package dev.ringback.testkit;

import org.jspecify.annotations.NullMarked;
