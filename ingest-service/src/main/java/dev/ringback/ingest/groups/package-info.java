/** What vendors group endpoints by, over HTTP: applications and agents. */
@NullMarked
package dev.ringback.ingest.groups;

import org.jspecify.annotations.NullMarked;
