package dev.ringback.send;

import java.util.Map;

/** What came back from a receiver, or why nothing did. */
public sealed interface Reply {
    /**
     * An HTTP answer, whatever its status.
     *
     * @param headers names in lower case
     * @param body the first 16 KiB of it
     * @param truncated whether there was more
     * @param whole the exact bytes of it, up to 64 KiB; empty when there are more
     */
    record Answered(
            int status, Map<String, String> headers, String body, boolean truncated, byte[] whole)
            implements Reply {
        private static final byte[] NOTHING = {};

        /** An answer of which nobody needs more than the log shows. */
        public Answered(int status, Map<String, String> headers, String body, boolean truncated) {
            this(status, headers, body, truncated, NOTHING);
        }
    }

    /**
     * No answer in the time that one attempt has.
     *
     * @param unconnected whether there was no connection yet, so that nothing shows that there is a
     *     way out
     */
    record TimedOut(boolean unconnected) implements Reply {
        /** With a connection. */
        public TimedOut() {
            this(false);
        }
    }

    /** The receiver could not be reached, or broke off. */
    record Unreachable(Fault fault) implements Reply {}

    /**
     * The address or its port is inside the egress guard; nothing was sent.
     *
     * @param what {@code address 10.0.0.1} or {@code port 25}
     */
    record Blocked(String what) implements Reply {}

    /** The URL is none that can be called; nothing was sent. */
    record InvalidTarget(String reason) implements Reply {}
}
