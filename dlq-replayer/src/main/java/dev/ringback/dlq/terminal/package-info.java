/** What a person or a script sees of a command: text, tables, questions and exit codes. */
@NullMarked
package dev.ringback.dlq.terminal;

import org.jspecify.annotations.NullMarked;
