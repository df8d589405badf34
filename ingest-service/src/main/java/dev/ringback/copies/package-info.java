/** How a cluster that has grown comes to hold every record more than once. */
@NullMarked
package dev.ringback.copies;

import org.jspecify.annotations.NullMarked;
