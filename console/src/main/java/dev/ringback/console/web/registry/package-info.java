/** Forms that change the registry, and ingest's HTTP API, which makes the change. */
@NullMarked
package dev.ringback.console.web.registry;

import org.jspecify.annotations.NullMarked;
