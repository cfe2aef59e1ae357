package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/**
 * Lets the policy pick compactions, and carries them out: each belongs to a claim, and none that is
 * picked meanwhile touches what it has taken. Safe for use by any number of threads.
 */
final class Compactor {
  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;
  private final CompactionPolicy policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();
  private InFlight running = InFlight.NONE;
  private InFlight awaited = InFlight.NONE;
  private PolicyMemory memory = PolicyMemory.NONE;
  private final AtomicInteger waiting = new AtomicInteger();

  Compactor(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
    this.policy = new CompactionPolicy(options);
  }

  private Retention retention(TreeState state) {
    return Retention.cut(state.keySpaces(), contents.published(), host);
  }

  /** Whether somebody waits for what runs: nothing is to be held back. */
  boolean isInHurry() {
    return isStopped() || waiting.get() > 0 || Debt.of(contents.view(), options).isHigh(options);
  }

  private boolean isStopped() {
    return contents.isClosing() || contents.failure() != null;
  }

  /**
   * Takes the most urgent compaction that may run beside those that run, and beside what passes
   * wait for; null if there is none or the tree closes.
   */
  @Nullable Claim claim() {
    lock.lock();
    try {
      if (isStopped()) {
        return null;
      }
      TreeState state = contents.state();
      Retention retention = retention(state);
      Compaction next = policy.pick(state, retention, memory, running.with(awaited));
      if (next == null) {
        return null;
      }
      memory = memory.taken(next);
      return new Claim(next, retention);
    } finally {
      lock.unlock();
    }
  }

  /** Begins a pass over one key space, or over all for null. */
  FullCompaction beginPass(@Nullable Integer keySpace) {
    return new FullCompaction(contents.state(), options, keySpace);
  }

  /**
   * Takes the next step of a pass, and waits until it may run; null when the pass is over or the
   * tree closes.
   */
  @Nullable Claim claim(FullCompaction pass) {
    Claim claim = awaitNext(pass);
    if (claim == null && !isStopped()) {
      forget();
    }
    return claim;
  }

  private @Nullable Claim awaitNext(FullCompaction pass) {
    lock.lock();
    try {
      while (!isStopped()) {
        TreeState state = contents.state();
        Retention retention = retention(state);
        FullCompaction ahead = pass.copy();
        Compaction next = ahead.next(state, retention, running);
        if (next == null) {
          return null;
        }
        if (running.isFree(next)) {
          pass.moveTo(ahead);
          return new Claim(next, retention);
        }
        // Nothing else may begin that it would have to wait for next.
        awaited = awaited.with(next);
        waiting.incrementAndGet();
        released.awaitUninterruptibly();
        waiting.decrementAndGet();
        awaited = awaited.without(next);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A compaction that was taken: until it is closed no other touches its tables. Used by one
   * thread, with the lock held where it is made.
   */
  final class Claim implements AutoCloseable {
    private final Compaction compaction;
    private final Retention retention;

    private Claim(Compaction compaction, Retention retention) {
      this.compaction = compaction;
      this.retention = retention;
      running = running.with(compaction);
    }

    /**
     * Carries the compaction out; leaves all as it was if the tree closes meanwhile.
     *
     * @param pace holds back what a merge writes
     */
    void run(Pace pace) {
      Compactor.this.run(compaction, retention, pace, null);
    }

    /**
     * Carries the compaction out for somebody who waits.
     *
     * @param others runs half of a merge in another thread, or not at all
     */
    void runShared(Executor others) {
      Compactor.this.run(compaction, retention, Pace.NONE, others);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        running = running.without(compaction);
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void run(
      Compaction compaction, Retention retention, Pace pace, @Nullable Executor others) {
    switch (compaction) {
      case Compaction.Move move -> {
        TableInfo table = move.table();
        contents.commit(
            List.of(
                new Change.RemoveTable(table.kind(), table.number()),
                new Change.AddTable(move.toLevel(), table)),
            Map.of(),
            null);
      }
      case Compaction.Drop drop -> {
        contents.commit(removals(drop.tables()), retention.watermarks(), null);
        forget();
      }
      case Compaction.Merge merge -> merge(merge, retention, pace, others);
    }
  }

  static List<Change> removals(List<TableInfo> tables) {
    List<Change> edit = new ArrayList<>();
    for (TableInfo table : tables) {
      edit.add(new Change.RemoveTable(table.kind(), table.number()));
    }
    return edit;
  }

  private void merge(
      Compaction.Merge merge, Retention retention, Pace pace, @Nullable Executor others) {
    Version version = contents.acquire().version();
    try {
      MergeStep step = new MergeStep(contents, options, version, merge, retention, pace);
      boolean done = others == null ? step.run() : step.runShared(others);
      if (done && merge.kind() == TableKind.CURRENT && merge.firstLevel() == 0) {
        noteMerged(merge, step.currentEntries());
      }
    } finally {
      version.release();
    }
  }

  private void noteMerged(Compaction.Merge merge, long entriesAfter) {
    lock.lock();
    try {
      long before = merge.tables().stream().mapToLong(TableInfo::entries).sum();
      memory = memory.merged(before, entriesAfter);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets dropped key spaces of which no table can hold anything any more. */
  private void forget() {
    TreeState state = contents.state();
    Retention retention = retention(state);
    List<Change> edit = new ArrayList<>();
    for (Map.Entry<Integer, KeySpaceState> space : state.keySpaces().entrySet()) {
      int id = space.getKey();
      if (retention.expired(id)
          && !heldByTable(state, id)
          && host.mayForget(space.getValue().droppedAt())) {
        edit.add(new Change.ForgetKeySpace(id));
      }
    }
    if (!edit.isEmpty()) {
      contents.commit(edit, Map.of(), null);
    }
  }

  private static boolean heldByTable(TreeState state, int keySpace) {
    @Nullable TableInfo holder =
        state.tables().stream()
            .filter(
                table ->
                    table.smallest().keySpace() <= keySpace
                        && table.largest().keySpace() >= keySpace)
            .findFirst()
            .orElse(null);
    return holder != null;
  }
}
