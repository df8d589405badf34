/** Topics become stores: a file for each topology, and what its stores hold. */
@NullMarked
package dev.ringback.console.topology;

import org.jspecify.annotations.NullMarked;
