package dev.ringback.lock;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for sections of a few instructions that platform threads share with many virtual ones. A
 * monitor is handed on in a queue, and when a virtual thread is next it first waits for a carrier,
 * behind all others that could run: in a full process a platform thread stood in such a queue for
 * more than eight seconds. Here nobody queues: who finds the lock free has it. Reentrant, not fair.
 */
public final class BriefLock {
    private static final int SPINS = 64;
    private static final long PAUSE_NANOS = 50_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Hold hold = lock::unlock;

    /** Lets the lock go when closed. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the lock, whenever it is free. */
    public Hold hold() {
        for (int tries = 0; !lock.tryLock(); tries++) {
            if (tries < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return hold;
    }

    /** A condition to wait for while the lock is held. */
    public Condition condition() {
        return lock.newCondition();
    }
}
