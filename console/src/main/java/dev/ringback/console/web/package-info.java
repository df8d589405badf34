/** The dashboard: pages made here, with the read side's answers and ingest's actions in them. */
@NullMarked
package dev.ringback.console.web;

import org.jspecify.annotations.NullMarked;
