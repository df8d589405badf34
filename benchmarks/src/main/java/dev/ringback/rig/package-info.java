/** What benchmarks are made of: processes, a load, a receiver, and what is counted and measured. */
@NullMarked
package dev.ringback.rig;

import org.jspecify.annotations.NullMarked;
