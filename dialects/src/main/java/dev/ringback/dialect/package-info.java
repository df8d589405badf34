/**
 * The formats that subscribers already understand, as data: which events fire, what their bodies
 * look like, how they are signed, when they are tried again. Pure: no Kafka, no HTTP, no clock.
 */
@NullMarked
package dev.ringback.dialect;

import org.jspecify.annotations.NullMarked;
