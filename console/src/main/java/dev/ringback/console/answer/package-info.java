/** Answers what the read side can be asked, from stores, topics and the registry. */
@NullMarked
package dev.ringback.console.answer;

import org.jspecify.annotations.NullMarked;
