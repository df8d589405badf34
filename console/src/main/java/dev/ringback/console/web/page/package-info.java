/** The pages: each asks the read side, and hands a template what it shows. */
@NullMarked
package dev.ringback.console.web.page;

import org.jspecify.annotations.NullMarked;
