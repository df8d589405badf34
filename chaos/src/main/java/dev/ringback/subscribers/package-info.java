/** Subscribers that behave well, badly or worst, and keep a record of all that reached them. */
@NullMarked
package dev.ringback.subscribers;

import org.jspecify.annotations.NullMarked;
