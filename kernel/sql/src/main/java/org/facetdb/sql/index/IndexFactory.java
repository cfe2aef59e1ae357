package org.facetdb.sql.index;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.index.Position;
import org.facetdb.sql.IndexOptions;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.row.TableRows;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/**
 * Makes generations of indexes: from a checkpoint, as a clone of one, or built from the table; each
 * caught up with the log, its applier not yet started. Thread-safe.
 */
final class IndexFactory implements AutoCloseable {
  private final Store store;
  private final ChangeTail tail;
  private final IndexOptions options;
  private final MemoryAccount memory;
  private final Map<Integer, IndexGeneration> evaluators = new ConcurrentHashMap<>();

  IndexFactory(Store store, ChangeTail tail, IndexOptions options, MemoryAccount memory) {
    this.store = store;
    this.tail = tail;
    this.options = options;
    this.memory = memory;
  }

  /**
   * Opens an index where its last checkpoint left it, in the checkpoint's own directory: for the
   * first generation since the database was opened alone, since a former one may still use and tidy
   * its directory.
   *
   * @return null where it must be built
   */
  IndexHandle.@Nullable Running open(IndexHandle handle, RegisteredMethod method) {
    CheckpointRecord current = handle.saved().current();
    if (current == null || current.format() != method.format()) {
      return openClone(handle, method);
    }
    return caughtUp(
        handle,
        current,
        () ->
            IndexGeneration.open(
                handle,
                method,
                current.generation(),
                IndexDirectory.open(store.sideFiles(), handle.definition().id(), current),
                memory,
                current));
  }

  /** Opens a copy of the best checkpoint in a directory of its own; null where there is none. */
  IndexHandle.@Nullable Running openClone(IndexHandle handle, RegisteredMethod method) {
    // Versions that come faster than others end would pile up.
    handle.awaitEnds();
    int number = handle.nextGeneration();
    Cloned cloned =
        handle.withCheckpoints(
            saved -> {
              CheckpointRecord from = best(saved, method);
              if (from == null) {
                return null;
              }
              handle.readsLogAfter(from.position().sequence());
              try {
                return new Cloned(
                    from.in(number),
                    IndexDirectory.cloneOf(
                        store.sideFiles(), handle.definition().id(), from, number));
              } catch (RuntimeException e) {
                rethrowUnlessDamaged(handle, e);
                return null;
              }
            });
    if (cloned == null) {
      return null;
    }
    boolean used = false;
    try {
      IndexHandle.Running opened =
          caughtUp(
              handle,
              cloned.record(),
              () ->
                  IndexGeneration.open(
                      handle, method, number, cloned.directory(), memory, cloned.record()));
      used = opened != null;
      return opened;
    } finally {
      if (!used) {
        cloned.directory().remove();
      }
    }
  }

  private record Cloned(CheckpointRecord record, IndexDirectory directory) {}

  private static @Nullable CheckpointRecord best(Checkpoints.Saved saved, RegisteredMethod method) {
    CheckpointRecord current = saved.current();
    if (current != null && method.method().reads(current.format())) {
      return current;
    }
    CheckpointRecord former = saved.former();
    return former != null && method.method().reads(former.format()) ? former : null;
  }

  private interface Opener {
    IndexGeneration open();
  }

  private IndexHandle.@Nullable Running caughtUp(
      IndexHandle handle, CheckpointRecord from, Opener opener) {
    handle.readsLogAfter(from.position().sequence());
    if (store.changes().oldestSequence() > from.position().sequence()) {
      return null;
    }
    IndexGeneration generation;
    try {
      generation = opener.open();
    } catch (RuntimeException e) {
      rethrowUnlessDamaged(handle, e);
      return null;
    }
    IndexHandle.Running running = running(generation);
    try {
      if (running.applier().catchUp()) {
        handle.replays.incrementAndGet();
        return running;
      }
    } catch (Throwable e) {
      generation.retireNow(false);
      throw e;
    }
    generation.retireNow(false);
    return null;
  }

  private IndexHandle.Running running(IndexGeneration generation) {
    return new IndexHandle.Running(generation, new Applier(generation, store, tail, options));
  }

  private static void rethrowUnlessDamaged(IndexHandle handle, RuntimeException e) {
    boolean damaged =
        e instanceof DatabaseException d && d.category() == DatabaseException.Category.CORRUPTION
            || e instanceof StorageException s
                && s.category() == StorageException.Category.CORRUPTION;
    if (!damaged || handle.isDropped()) {
      throw e;
    }
    IndexManager.LOG.log(
        System.Logger.Level.WARNING,
        "index is damaged and built anew: index=" + handle.name() + " cause=" + e.getMessage());
  }

  /** Builds an index from the table's rows, in a directory of its own. */
  IndexHandle.Running build(
      IndexHandle handle, RegisteredMethod method, BooleanSupplier cancelled) {
    handle.readsLogAfter(store.lastSequence());
    int number = handle.nextGeneration();
    IndexDirectory directory =
        IndexDirectory.create(store.sideFiles(), handle.definition().id(), number);
    IndexGeneration generation =
        IndexGeneration.open(handle, method, number, directory, memory, null);
    try {
      fill(generation, cancelled);
      IndexHandle.Running running = running(generation);
      if (!running.applier().catchUp()) {
        throw new DatabaseException(
            "53400",
            DatabaseException.Category.RESOURCE,
            "the log was not kept long enough to build an index: index=" + handle.name());
      }
      return running;
    } catch (Throwable e) {
      generation.retireNow(true);
      throw e;
    }
  }

  private void fill(IndexGeneration generation, BooleanSupplier cancelled) {
    try (Snapshot snapshot = store.snapshot()) {
      TableRows.visit(
          generation.handle().table(),
          generation.positions(),
          snapshot,
          (rowId, begin, values, row) -> {
            generation.index().put(rowId, begin, values, row);
            return !cancelled.getAsBoolean();
          });
      if (cancelled.getAsBoolean()) {
        throw DatabaseException.user("57P01", "the database is being closed");
      }
      generation.covers(snapshot.timestamp());
      generation.advance(new Position(snapshot.sequence(), snapshot.timestamp()));
    }
  }

  /**
   * An empty index that only evaluates rows, for searches that the index itself can't answer. The
   * caller holds a lease on the result.
   */
  IndexGeneration evaluator(IndexHandle handle, RegisteredMethod method) {
    while (true) {
      IndexGeneration known =
          evaluators.compute(
              handle.definition().id(),
              (id, before) -> {
                if (before != null && before.method() == method) {
                  return before;
                }
                if (before != null) {
                  before.retireNow(true);
                }
                int number = handle.nextGeneration();
                IndexDirectory directory = IndexDirectory.create(store.sideFiles(), id, number);
                IndexGeneration made =
                    IndexGeneration.open(handle, method, number, directory, memory, null);
                made.advance(Position.START, new TailNode(Position.START, null, 0));
                made.index().refresh();
                return made;
              });
      if (known.leases().enter()) {
        return known;
      }
    }
  }

  /** Ends the evaluators that belong to a version or to all. */
  void retireEvaluators(@Nullable RegisteredMethod method) {
    evaluators
        .values()
        .removeIf(
            generation -> {
              boolean ends = method == null || generation.method() == method;
              if (ends) {
                generation.retireNow(true);
              }
              return ends;
            });
  }

  /** Ends the evaluator of an index that answers itself again, or is gone. */
  void retireEvaluator(int indexId) {
    IndexGeneration evaluator = evaluators.remove(indexId);
    if (evaluator != null) {
      evaluator.retireNow(true);
    }
  }

  /** Gives up what was opened and not published; what a checkpoint names stays. */
  static void discard(IndexHandle handle, IndexHandle.Running running) {
    running.applier().stop();
    running.generation().retireNow(!handle.isSaved(running.generation().number()));
  }

  @Override
  public void close() {
    retireEvaluators(null);
  }
}
