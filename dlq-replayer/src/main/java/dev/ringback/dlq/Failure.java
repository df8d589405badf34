package dev.ringback.dlq;

/** Why a command cannot go on; its message is the one line to show. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message, null, false, false);
    }
}
