package org.facetdb.sql.index;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.Position;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.HybridTime;
import org.jspecify.annotations.Nullable;

/**
 * An index of the catalog with what runs for it now: at most one published generation, whose
 * checkpoints count, and what is being counted for the view. Thread-safe: changes under its lock,
 * searches without.
 */
final class IndexHandle {
  /** A published generation with its applier. */
  record Running(IndexGeneration generation, Applier applier) {}

  /** Commits without a change of the table after which the checkpoint is moved on all the same. */
  private static final long BEHIND_COMMITS = 20_000;

  /** How long, and over how many commits, a downgrade reads the log instead of building anew. */
  private static final long FORMER_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

  private static final long FORMER_COMMITS_MAX = 1_000_000;

  /** A row of the tail costs as much as this many rows of a scan, or less. */
  private static final long SCANNED_ROWS_PER_TAIL_ROW = 4;

  private final IndexManager manager;
  private final MethodIndex definition;
  private final TableDefinition table;
  final AtomicLong indexSearches = new AtomicLong();
  final AtomicLong scanSearches = new AtomicLong();
  final AtomicLong replays = new AtomicLong();
  final AtomicLong rebuilds = new AtomicLong();
  final AtomicLong checkpoints = new AtomicLong();
  private volatile IndexState state = IndexState.ABSENT;
  private volatile @Nullable String problem;
  private volatile @Nullable Running running;
  private volatile Checkpoints.Saved saved;
  private volatile long readingAfter = Long.MAX_VALUE;

  /** Generations that have not ended, by number. */
  private final Map<Integer, IndexGeneration> live = new ConcurrentHashMap<>();

  private int lastGeneration;
  private int failures;

  IndexHandle(
      IndexManager manager,
      MethodIndex definition,
      TableDefinition table,
      Checkpoints.Saved saved) {
    this.manager = manager;
    this.definition = definition;
    this.table = table;
    this.saved = saved;
    CheckpointRecord current = saved.current();
    CheckpointRecord former = saved.former();
    lastGeneration =
        Math.max(
            current == null ? 0 : current.generation(), former == null ? 0 : former.generation());
  }

  /** True once the index is not the catalog's any more: what is opening may find no files. */
  boolean isDropped() {
    return manager.isDropped(this);
  }

  String name() {
    return definition.name();
  }

  MethodIndex definition() {
    return definition;
  }

  TableDefinition table() {
    return table;
  }

  IndexState state() {
    return state;
  }

  void setState(IndexState value, @Nullable String why) {
    state = value;
    problem = why;
  }

  /** Why the index isn't ready. */
  @Nullable String problem() {
    return problem;
  }

  @Nullable Running running() {
    return running;
  }

  Checkpoints.Saved saved() {
    return saved;
  }

  /** A number for a new generation. */
  synchronized int nextGeneration() {
    return ++lastGeneration;
  }

  /**
   * Starts a generation's applier and makes it the one that is searched and whose checkpoints
   * count; the one before is retired, and its directory goes when the new one has its first
   * checkpoint. Returns before the one before has ended.
   */
  void publish(Running next) {
    Running before;
    synchronized (this) {
      before = running;
      running = next;
      // At once: the one before may take long to end, and searches wait for this one to keep up.
      next.applier().start();
      failures = before == null ? failures : 0;
      setState(IndexState.READY, null);
    }
    if (before != null) {
      before.applier().stop();
      before.generation().retire(!isSaved(before.generation().number()));
    }
  }

  /**
   * Runs a part of the index's life in a thread of its own, for which the manager's close waits.
   */
  void inBackground(String part, Runnable body) {
    manager.inBackground(this, part, body);
  }

  /** Waits for the generations whose end has begun. */
  void awaitEnds() {
    live.values().forEach(IndexGeneration::awaitEnd);
  }

  void opened(IndexGeneration generation) {
    live.put(generation.number(), generation);
  }

  void ended(IndexGeneration generation) {
    live.remove(generation.number(), generation);
  }

  /** Removes a generation's directory, once the generation has ended. */
  void removeDirectory(int generation) {
    IndexGeneration open = live.get(generation);
    if (open == null) {
      manager.removeDirectory(definition.id(), generation);
    } else {
      open.discardDirectory();
    }
  }

  /** Takes the published generation away, with a last checkpoint where one is wanted. */
  void withdraw(IndexState next, @Nullable String why, boolean checkpoint) {
    Running before = running;
    if (before != null) {
      before.applier().stop();
      boolean due =
          before.generation().changesSinceCheckpoint() > 0 || isBehind(before.generation());
      if (checkpoint && due) {
        try {
          before.generation().checkpoint();
        } catch (Exception | LinkageError e) {
          IndexManager.LOG.log(
              System.Logger.Level.WARNING, "last checkpoint failed: index=" + name(), e);
        }
      }
    }
    synchronized (this) {
      running = null;
      setState(next, why);
    }
    if (before != null) {
      before.generation().retireNow(!isSaved(before.generation().number()));
    }
  }

  /**
   * Commits a checkpoint of the published generation.
   *
   * @return false where the generation is not, or no longer, the published one
   */
  synchronized boolean commit(IndexGeneration generation, CheckpointRecord record) {
    Running now = running;
    if (now == null || now.generation() != generation) {
      return false;
    }
    Checkpoints.Saved before = saved;
    CheckpointRecord current = before.current();
    CheckpointRecord former = before.former();
    CheckpointRecord replaced =
        current != null && current.generation() != record.generation() ? current : null;
    boolean otherFormat = replaced != null && replaced.format() != record.format();
    CheckpointRecord kept = otherFormat ? replaced : former;
    if (kept != null && kept.format() == record.format()) {
      kept = null;
    }
    Checkpoints.Saved after = new Checkpoints.Saved(record, kept);
    manager.checkpoints().save(definition.id(), after);
    saved = after;
    checkpoints.incrementAndGet();
    if (replaced != null && !otherFormat) {
      removeDirectory(replaced.generation());
    }
    if (former != null && former != kept) {
      removeDirectory(former.generation());
    }
    manager.retainLog();
    return true;
  }

  /** True if a committed checkpoint lies in a generation's directory. */
  synchronized boolean isSaved(int generation) {
    CheckpointRecord current = saved.current();
    CheckpointRecord former = saved.former();
    return current != null && current.generation() == generation
        || former != null && former.generation() == generation;
  }

  /** Runs while no checkpoint can be committed, so that the files of the last one stay. */
  synchronized <T> T withCheckpoints(java.util.function.Function<Checkpoints.Saved, T> body) {
    return body.apply(saved);
  }

  /** Lets a checkpoint in a former format go that a downgrade would hardly want to go on from. */
  synchronized void expireFormer(Position now) {
    CheckpointRecord former = saved.former();
    if (former == null) {
      return;
    }
    boolean old =
        HybridTime.millis(now.timestamp()) - HybridTime.millis(former.position().timestamp())
            > FORMER_MILLIS_MAX;
    boolean far = now.sequence() - former.position().sequence() > FORMER_COMMITS_MAX;
    if (old || far) {
      saved = new Checkpoints.Saved(saved.current(), null);
      manager.checkpoints().save(definition.id(), saved);
      removeDirectory(former.generation());
    }
  }

  /** Forgets all checkpoints, because the index is built anew or is gone. */
  synchronized void forget() {
    saved = Checkpoints.Saved.NONE;
    manager.checkpoints().save(definition.id(), saved);
  }

  /**
   * True if a checkpoint is due without a change of the table: there is none of this generation
   * yet, or the log would be kept for one that is far behind.
   */
  boolean isBehind(IndexGeneration generation) {
    CheckpointRecord current = saved.current();
    return current == null
        || current.generation() != generation.number()
        || generation.position().sequence() - current.position().sequence() > BEHIND_COMMITS;
  }

  /** Keeps the log after a commit for a generation that is being made; MAX_VALUE for none. */
  void readsLogAfter(long sequence) {
    readingAfter = sequence;
    manager.retainLog();
  }

  /** The last commit that the log needn't keep for this index; {@code MAX_VALUE} for all. */
  long needsLogAfter() {
    Checkpoints.Saved now = saved;
    Running published = running;
    long after = Long.MAX_VALUE;
    CheckpointRecord current = now.current();
    if (current != null) {
      after = current.position().sequence();
    } else if (published != null) {
      after = published.generation().position().sequence();
    }
    CheckpointRecord former = now.former();
    long kept = former == null ? after : Math.min(after, former.position().sequence());
    return Math.min(kept, readingAfter);
  }

  /** Called by an applier that can't go on. */
  void failed(IndexGeneration generation, Throwable cause) {
    int count;
    synchronized (this) {
      Running now = running;
      if (now == null || now.generation() != generation) {
        return;
      }
      count = ++failures;
    }
    manager.recover(this, generation, cause, count);
  }

  /**
   * A view for a search of a snapshot; null where the table must be scanned instead.
   *
   * @param snapshot the time that is asked for
   */
  @Nullable IndexSearch search(long snapshot) {
    long deadline = System.nanoTime() + manager.options().searchWait().toNanos();
    while (true) {
      boolean late = System.nanoTime() - deadline > 0;
      Running now = running;
      if (now != null && state == IndexState.READY) {
        IndexSearch search = now.generation().search();
        if (search != null) {
          if (snapshot < now.generation().coversFrom()) {
            search.close();
            return null;
          }
          if (!isFarBehind(search, snapshot, tailRowsMax(now.generation(), late))) {
            return search;
          }
          search.close();
        }
      } else if (state != IndexState.OPENING) {
        return null;
      }
      if (late) {
        return null;
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
    }
  }

  /**
   * How many rows of the tail a search looks at; once it has waited, as long as a scan costs more.
   */
  private long tailRowsMax(IndexGeneration generation, boolean late) {
    long usual = manager.options().scanTailRows();
    return late ? Math.max(usual, generation.entries() / SCANNED_ROWS_PER_TAIL_ROW) : usual;
  }

  private static boolean isFarBehind(IndexSearch search, long snapshot, long rowsMax) {
    long rows = 0;
    TailNode node = search.from().next();
    while (node != null && node.position().timestamp() <= snapshot) {
      for (var changes : node.changes(search.generation().decoder())) {
        rows += changes.count();
      }
      if (rows > rowsMax) {
        return true;
      }
      node = node.next();
    }
    return false;
  }

  /** Where the index stands in the log. */
  Position position() {
    Running now = running;
    CheckpointRecord current = saved.current();
    return now != null
        ? now.generation().position()
        : current == null ? Position.START : current.position();
  }

  private String options() {
    return definition.options().entrySet().stream()
        .map(option -> option.getKey() + " = '" + option.getValue().replace("'", "''") + "'")
        .collect(Collectors.joining(", "));
  }

  IndexStatistics statistics() {
    Running now = running;
    CheckpointRecord current = saved.current();
    Long covers = now == null ? null : (Long) now.generation().coversFrom();
    return new IndexStatistics(
        name(),
        table.name(),
        definition.method(),
        definition.shape(table).columns().stream()
            .map(IndexShape.Column::name)
            .collect(Collectors.joining(", ")),
        definition.options().isEmpty() ? null : options(),
        definition.extension(),
        now == null ? null : now.generation().method().owner().version(),
        state.label(),
        problem,
        now == null ? null : (Integer) now.generation().method().format(),
        now == null ? null : (Long) now.generation().entries(),
        position().sequence(),
        now == null ? null : now.generation().shownSequence(),
        current == null ? null : (Long) current.position().sequence(),
        covers == null || covers == Long.MAX_VALUE
            ? null
            : Instant.ofEpochMilli(HybridTime.millis(covers)).atOffset(ZoneOffset.UTC),
        checkpoints.get(),
        replays.get(),
        rebuilds.get(),
        indexSearches.get(),
        scanSearches.get());
  }
}
