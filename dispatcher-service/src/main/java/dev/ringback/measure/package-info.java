/** How the dispatcher can be watched: what it counts of attempts, and the traces it carries on. */
@NullMarked
package dev.ringback.measure;

import org.jspecify.annotations.NullMarked;
