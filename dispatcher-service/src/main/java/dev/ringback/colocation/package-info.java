/**
 * Gives the partitions of one number of all topics to one member of a group. It knows topics and
 * members, not what the records are.
 */
@NullMarked
package dev.ringback.colocation;

import org.jspecify.annotations.NullMarked;
