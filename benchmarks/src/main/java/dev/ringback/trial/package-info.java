/** What every scenario has: what was asked for, a load, what is measured beside it, a report. */
@NullMarked
package dev.ringback.trial;

import org.jspecify.annotations.NullMarked;
