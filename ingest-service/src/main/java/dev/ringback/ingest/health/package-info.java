/** When an endpoint counts as unhealthy, recovered or disabled, and how its account is told. */
@NullMarked
package dev.ringback.ingest.health;

import org.jspecify.annotations.NullMarked;
