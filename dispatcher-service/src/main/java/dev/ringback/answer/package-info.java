/**
 * Answer requests: what is known of the calls that ask, and the one place where what a call does
 * next is published. Knows nothing of HTTP.
 */
@NullMarked
package dev.ringback.answer;

import org.jspecify.annotations.NullMarked;
