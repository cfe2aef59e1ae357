package org.facetdb.storage.lock;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who holds locks: a session. Its own thread asks for locks and gives them back; any
 * thread may ask what it waits for.
 *
 * <p>Invariant: the log has each mode of each lock that the transaction holds once, in the order in
 * which they were taken.
 */
public final class LockOwner {
  private final int id;
  private Lock[] locks = new Lock[8];
  private LockMode[] modes = new LockMode[8];
  private int count;
  final Set<Lock> sessionLocks = new HashSet<>();
  volatile @Nullable Waiter waiting;

  LockOwner(int id) {
    this.id = id;
  }

  /** The number by which messages name it. */
  public int id() {
    return id;
  }

  /** A mark to which {@link LockManager#releaseAfter} goes back. */
  public int mark() {
    return count;
  }

  void log(Lock lock, LockMode mode) {
    if (count == locks.length) {
      locks = Arrays.copyOf(locks, count * 2);
      modes = Arrays.copyOf(modes, count * 2);
    }
    locks[count] = lock;
    modes[count++] = mode;
  }

  boolean isAfter(int mark) {
    return count > mark;
  }

  Lock lastLock() {
    return locks[count - 1];
  }

  LockMode lastMode() {
    return modes[count - 1];
  }

  @SuppressWarnings("NullAway") // what lies behind the count is nobody's
  void dropLast() {
    count--;
    locks[count] = null;
    modes[count] = null;
  }

  /** Gives back the room of a large transaction. */
  void trim() {
    if (locks.length > 1024) {
      locks = new Lock[8];
      modes = new LockMode[8];
    }
  }
}
