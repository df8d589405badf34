/** Local stores of Kafka Streams applications, within bounds. Needs Kafka Streams beside it. */
@NullMarked
package dev.ringback.rocks;

import org.jspecify.annotations.NullMarked;
