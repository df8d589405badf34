/** What a request to the registry is made of: who calls, the document, the precondition. */
@NullMarked
package dev.ringback.ingest.request;

import org.jspecify.annotations.NullMarked;
