/** What became of what a job has replayed, as the topics tell it. */
@NullMarked
package dev.ringback.dlq.fate;

import org.jspecify.annotations.NullMarked;
