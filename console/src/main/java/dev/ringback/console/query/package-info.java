/** Asks the stores of all instances, and the topics for what no store keeps. */
@NullMarked
package dev.ringback.console.query;

import org.jspecify.annotations.NullMarked;
