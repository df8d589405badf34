/** An endpoint gets what it never got: deliveries that routing would have made for it. */
@NullMarked
package dev.ringback.dlq.recover;

import org.jspecify.annotations.NullMarked;
