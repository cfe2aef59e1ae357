package org.facetdb.storage.txn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.LogRecovery;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.LsmTree;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store's files and changes none: for the check, and before an open writes anything.
 * Stateless.
 */
final class StoreRecovery {
  /** Directory of the log and the timeline. */
  static final String LOG_DIRECTORY = "log";

  private StoreRecovery() {}

  /** What the log has to hold beside a tree and a timeline; null for one that cannot be read. */
  static LogRecovery.Needs needs(TreeState tree, @Nullable Timeline timeline) {
    return timeline == null
        ? new LogRecovery.Needs(
            tree.flushedSequence(), tree.flushedSequence(), "", 0, tree.newestSegment())
        : new LogRecovery.Needs(
            tree.flushedSequence(),
            timeline.through(),
            timeline.lastFile(),
            timeline.lastFileEnd(),
            tree.newestSegment());
  }

  /**
   * Reads the log as recovery does.
   *
   * @throws StorageException category {@code CORRUPTION} if it is damaged, or if the manifest lacks
   *     a key space that the log has rows of
   */
  static LogRecovery inspect(FileSystem files, LogRecovery.Needs needs, int nextKeySpace) {
    return LogRecovery.inspect(
        files,
        LOG_DIRECTORY,
        needs,
        (batch, timestamp, sequence, following) -> {
          WriteBatch.Rows rows = batch.rows();
          while (rows.next()) {
            if (rows.keySpace() >= nextKeySpace) {
              throw Manifest.lostEdit(files, rows.keySpace());
            }
          }
        });
  }

  /** Verifies every checksum and structure; damage goes into the report, file by file. */
  static CheckReport check(FileSystem files) {
    if (!StoreDirectory.holdsStore(files)) {
      throw new StorageException(
          "58P01",
          StorageException.Category.USER,
          "there is no database: directory=" + files.describe(FileSystem.ROOT));
    }
    DirectoryLock lock = files.lockDirectory();
    try {
      return new Check(files).run();
    } finally {
      lock.close();
    }
  }

  /** One check; gathers what is wrong. Used by one thread. */
  private static final class Check {
    private final FileSystem files;
    private final List<String> problems = new ArrayList<>();

    Check(FileSystem files) {
      this.files = files;
    }

    CheckReport run() {
      TreeState tree =
          attempt(
              () -> {
                StoreDirectory.requireManifest(files);
                return LsmTree.read(files);
              });
      if (tree != null) {
        problems.addAll(LsmTree.check(files, tree));
      }
      LogRecovery log = checkLog(tree);
      return new CheckReport(
          problems.stream().distinct().toList(),
          tree == null ? 0 : keySpaces(tree),
          log == null ? 0 : log.lastSequence());
    }

    private @Nullable LogRecovery checkLog(@Nullable TreeState tree) {
      Timeline timeline = attempt(() -> Timeline.open(files, LOG_DIRECTORY));
      if (tree == null) {
        if (timeline != null) {
          timeline.close();
        }
        return null;
      }
      LogRecovery.Needs needs = needs(tree, timeline);
      if (timeline != null) {
        timeline.close();
      }
      LogRecovery log = attempt(() -> inspect(files, needs, tree.nextKeySpace()));
      if (log != null) {
        problems.addAll(log.problems());
        problems.addAll(log.damageOfKept());
      }
      return log;
    }

    private static int keySpaces(TreeState tree) {
      return (int)
          tree.keySpaces().values().stream().filter(space -> space.droppedAt() == 0).count();
    }

    /** What an action returns; null, and a line more, where it finds damage. */
    private <T> @Nullable T attempt(Supplier<T> action) {
      try {
        return action.get();
      } catch (StorageException e) {
        if (e.category() != StorageException.Category.CORRUPTION) {
          throw e;
        }
        problems.add(String.valueOf(e.getMessage()));
        return null;
      }
    }
  }
}
