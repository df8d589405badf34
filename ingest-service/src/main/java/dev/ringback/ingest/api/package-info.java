/** The registry over HTTP: who may, and the forms in and out. */
@NullMarked
package dev.ringback.ingest.api;

import org.jspecify.annotations.NullMarked;
