/** Everything in one JVM on an embedded Kafka, a demo of it, and a receiver to try it with. */
@NullMarked
package dev.ringback.quickstart;

import org.jspecify.annotations.NullMarked;
