package org.facetdb.storage.lock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds circles of owners that wait for one another, by a search in breadth over who waits for
 * whom.
 *
 * <p>Safe for use by any number of threads; one searches at a time. The graph changes while it is
 * read, so a circle that was found is read once more: all its members were waiting between the two
 * readings, and who waits gives nothing back.
 */
final class Deadlocks {
  private final LockManager manager;
  private final ReentrantLock searching = new ReentrantLock();

  Deadlocks(LockManager manager) {
    this.manager = manager;
  }

  /** Withdraws a request that would wait for ever, and gives the circle; null if it would not. */
  @Nullable List<LockResult.Edge> withdrawIfCaught(Waiter start) {
    searching.lock();
    try {
      while (true) {
        List<Waiter> circle = find(start);
        if (circle == null) {
          return null;
        }
        if (holds(circle)) {
          manager.withdraw(start);
          return edges(circle);
        }
      }
    } finally {
      searching.unlock();
    }
  }

  /**
   * Requests each of which waits for the owner of the next, the last one for that of the first.
   *
   * <p>Whoever waits for the same as another who led to him, and who holds nothing of it, waits for
   * nobody else than that one: so a long queue is read once.
   */
  private @Nullable List<Waiter> find(Waiter start) {
    Map<Waiter, Waiter> reachedFrom = new HashMap<>();
    Set<LockOwner> seen = new HashSet<>();
    ArrayDeque<Waiter> left = new ArrayDeque<>();
    left.add(start);
    while (!left.isEmpty()) {
      Waiter waiter = left.remove();
      for (LockOwner blocker : manager.blockers(waiter)) {
        if (blocker == start.owner) {
          return path(waiter, reachedFrom);
        }
        Waiter next = blocker.waiting;
        if (next == null || !seen.add(blocker)) {
          continue;
        }
        reachedFrom.put(next, waiter);
        if (next.lock != waiter.lock || next.mode != waiter.mode || manager.isHolder(waiter)) {
          left.add(next);
        }
      }
    }
    return null;
  }

  private static List<Waiter> path(Waiter last, Map<Waiter, Waiter> reachedFrom) {
    List<Waiter> path = new ArrayList<>();
    for (Waiter at = last; at != null; at = reachedFrom.get(at)) {
      path.addFirst(at);
    }
    return path;
  }

  private boolean holds(List<Waiter> circle) {
    for (int i = 0; i < circle.size(); i++) {
      Waiter waiter = circle.get(i);
      LockOwner blocker = circle.get((i + 1) % circle.size()).owner;
      if (waiter.owner.waiting != waiter || !manager.blockers(waiter).contains(blocker)) {
        return false;
      }
    }
    return true;
  }

  private static List<LockResult.Edge> edges(List<Waiter> circle) {
    List<LockResult.Edge> edges = new ArrayList<>();
    for (int i = 0; i < circle.size(); i++) {
      Waiter waiter = circle.get(i);
      LockOwner blocker = circle.get((i + 1) % circle.size()).owner;
      edges.add(new LockResult.Edge(waiter.owner, waiter.lock.target, waiter.mode, blocker));
    }
    return edges;
  }
}
