/** What the templates are given: looks at JSON, words for what people read, charts. No HTTP. */
@NullMarked
package dev.ringback.console.web.view;

import org.jspecify.annotations.NullMarked;
