/** The pages of endpoints, agents and applications, and what is done to them there. */
@NullMarked
package dev.ringback.console.web.endpoint;

import org.jspecify.annotations.NullMarked;
