package org.facetdb.storage.lock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds one thing, and who waits for it. Guarded by the shard that it belongs to.
 *
 * <p>Invariant: nobody waits who could be given the lock. Requests are served in order of arrival,
 * but for who holds the lock in another mode already: to wait behind those who wait for him would
 * be a deadlock.
 */
final class Lock {
  /** One owner's share: modes of the transaction, and counted ones of the session. */
  private static final class Holder {
    final LockOwner owner;
    int transaction;
    int @Nullable [] session;

    Holder(LockOwner owner) {
      this.owner = owner;
    }

    int held() {
      int held = transaction;
      int[] counts = session;
      if (counts != null) {
        for (int i = 0; i < counts.length; i++) {
          held |= counts[i] > 0 ? 1 << i : 0;
        }
      }
      return held;
    }
  }

  final LockTarget target;
  private Holder[] holders = new Holder[1];
  private int holderCount;
  private @Nullable List<Waiter> waiters;

  Lock(LockTarget target) {
    this.target = target;
  }

  boolean isUnused() {
    return holderCount == 0 && waiters == null;
  }

  private @Nullable Holder find(LockOwner owner) {
    for (int i = 0; i < holderCount; i++) {
      if (holders[i].owner == owner) {
        return holders[i];
      }
    }
    return null;
  }

  boolean isHolder(LockOwner owner) {
    return find(owner) != null;
  }

  /** Whether the owner's transaction needs nothing more. */
  boolean isHeld(LockOwner owner, LockMode mode) {
    Holder own = find(owner);
    if (own == null) {
      return false;
    }
    return target instanceof LockTarget.Row
        ? mode.isCoveredBy(own.transaction)
        : (own.transaction & mode.bit()) != 0;
  }

  /** Whether an owner can have it at once, and nobody waits who could not have it then. */
  boolean isFreeToAll(LockOwner owner, LockMode mode) {
    List<Waiter> queue = waiters;
    int waiting = queue == null ? 0 : modes(queue, queue.size());
    return isFree(owner, mode, waiting) && (waiting & mode.conflicts()) == 0;
  }

  /** Whether an owner can have it at once, nobody being passed over but for who waits for him. */
  boolean isFree(LockOwner owner, LockMode mode) {
    List<Waiter> queue = waiters;
    return isFree(owner, mode, queue == null ? 0 : modes(queue, queue.size()));
  }

  private boolean isFree(LockOwner owner, LockMode mode, int waiting) {
    boolean holds = false;
    for (int i = 0; i < holderCount; i++) {
      Holder holder = holders[i];
      if (holder.owner == owner) {
        holds = true;
      } else if ((holder.held() & mode.conflicts()) != 0) {
        return false;
      }
    }
    return holds || (waiting & mode.conflicts()) == 0;
  }

  private static int modes(List<Waiter> queue, int count) {
    int modes = 0;
    for (int i = 0; i < count; i++) {
      modes |= queue.get(i).mode.bit();
    }
    return modes;
  }

  void hold(LockOwner owner, LockMode mode, boolean session) {
    Holder own = find(owner);
    if (own == null) {
      own = new Holder(owner);
      if (holderCount == holders.length) {
        holders = Arrays.copyOf(holders, holderCount * 2);
      }
      holders[holderCount++] = own;
    }
    if (session) {
      int[] counts = own.session;
      if (counts == null) {
        counts = new int[LockMode.all().length];
        own.session = counts;
      }
      counts[mode.ordinal()]++;
    } else {
      own.transaction |= mode.bit();
    }
  }

  /** Gives one mode back; false if the owner's session, or transaction, has not got it. */
  boolean release(LockOwner owner, LockMode mode, boolean session) {
    Holder own = find(owner);
    if (own == null) {
      return false;
    }
    if (session) {
      int[] counts = own.session;
      if (counts == null || counts[mode.ordinal()] == 0) {
        return false;
      }
      counts[mode.ordinal()]--;
    } else {
      own.transaction &= ~mode.bit();
    }
    settle(own);
    return true;
  }

  /** Gives back all that an owner's session holds. */
  void releaseSession(LockOwner owner) {
    Holder own = find(owner);
    if (own != null) {
      own.session = null;
      settle(own);
    }
  }

  boolean isHeldBySession(LockOwner owner) {
    Holder own = find(owner);
    return own != null && own.held() != own.transaction;
  }

  @SuppressWarnings("NullAway") // what lies behind the count is nobody's
  private void settle(Holder own) {
    if (own.held() == 0) {
      int at = Arrays.asList(holders).indexOf(own);
      holderCount--;
      holders[at] = holders[holderCount];
      holders[holderCount] = null;
    }
    grant();
  }

  /** Queues a request: at the end, or before those who wait for what its owner holds already. */
  void enqueue(Waiter waiter) {
    List<Waiter> queue = waiters;
    if (queue == null) {
      queue = new ArrayList<>();
      waiters = queue;
    }
    Holder own = find(waiter.owner);
    int at = queue.size();
    if (own != null) {
      int held = own.held();
      for (int i = queue.size() - 1; i >= 0; i--) {
        if ((queue.get(i).mode.conflicts() & held) != 0) {
          at = i;
        }
      }
    }
    queue.add(at, waiter);
  }

  /** Withdraws a request, which may have been granted in the meantime. */
  void withdraw(Waiter waiter) {
    if (!waiter.end()) {
      return;
    }
    if (waiter.isGranted()) {
      release(waiter.owner, waiter.mode, waiter.session);
      return;
    }
    List<Waiter> queue = waiters;
    if (queue != null && queue.remove(waiter)) {
      waiters = queue.isEmpty() ? null : queue;
      grant();
    }
  }

  /** Gives the lock to those who can have it now. */
  private void grant() {
    List<Waiter> queue = waiters;
    if (queue == null) {
      return;
    }
    int stillWaiting = 0;
    int kept = 0;
    for (int i = 0; i < queue.size(); i++) {
      Waiter waiter = queue.get(i);
      if (isFree(waiter.owner, waiter.mode, stillWaiting)) {
        hold(waiter.owner, waiter.mode, waiter.session);
        waiter.grant();
      } else {
        stillWaiting |= waiter.mode.bit();
        queue.set(kept++, waiter);
      }
    }
    queue.subList(kept, queue.size()).clear();
    if (kept == 0) {
      waiters = null;
    }
  }

  /** Who keeps an owner from a mode: holders, then those who wait before the request. */
  List<LockOwner> blockers(LockOwner owner, LockMode mode, @Nullable Waiter request) {
    List<LockOwner> found = new ArrayList<>();
    boolean holds = false;
    for (int i = 0; i < holderCount; i++) {
      Holder holder = holders[i];
      if (holder.owner == owner) {
        holds = true;
      } else if ((holder.held() & mode.conflicts()) != 0) {
        found.add(holder.owner);
      }
    }
    List<Waiter> queue = waiters;
    if (!holds && queue != null) {
      for (Waiter before : queue) {
        if (before == request) {
          break;
        }
        if ((before.mode.bit() & mode.conflicts()) != 0) {
          found.add(before.owner);
        }
      }
    }
    return found;
  }

  void report(List<LockStatus> into) {
    for (int i = 0; i < holderCount; i++) {
      int held = holders[i].held();
      for (LockMode mode : LockMode.all()) {
        if ((held & mode.bit()) != 0) {
          into.add(new LockStatus(target, holders[i].owner.id(), mode, true));
        }
      }
    }
    List<Waiter> queue = waiters;
    if (queue != null) {
      for (Waiter waiter : queue) {
        into.add(new LockStatus(target, waiter.owner.id(), waiter.mode, false));
      }
    }
  }
}
