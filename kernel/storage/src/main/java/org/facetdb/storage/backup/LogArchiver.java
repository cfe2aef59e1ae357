package org.facetdb.storage.backup;

import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.LogHold;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.WriteAheadLog;
import org.facetdb.storage.tree.LsmTree;
import org.jspecify.annotations.Nullable;

/**
 * Brings the closed segments of an open log into its archive, oldest first, and says how far behind
 * the archive is.
 *
 * <p>{@link #run} is called by one thread at a time; the rest by any. A failure is the archive's
 * alone: commits go on, the segments stay in the store, up to the log's limit, and are tried again
 * when the next one is closed. No segment is held while the archive's folder is waited for, so that
 * the limit holds with a folder that does not answer. Owns nothing.
 */
public final class LogArchiver {
  private static final int TAIL_BYTES = 64 << 10;

  private final LogArchive archive;
  private final WriteAheadLog log;
  private final Timeline timeline;
  private final LsmTree tree;
  private boolean isOurs;
  private volatile long archivedSequence;
  private volatile long archivedTimestamp;
  private volatile @Nullable String failure;
  private volatile long lostBeforeBackup;

  /** For parts of one store, and a folder of this store alone. */
  public LogArchiver(FileSystem folder, WriteAheadLog log, Timeline timeline, LsmTree tree) {
    this.archive = new LogArchive(folder);
    this.log = log;
    this.timeline = timeline;
    this.tree = tree;
  }

  /** Archives what was closed since the last time, and lets go of it in the store. */
  public void run() {
    while (tryNext()) {
      log.trim();
    }
  }

  private boolean tryNext() {
    try {
      boolean found = next();
      failure = null;
      return found;
    } catch (StorageException e) {
      String found = e.sqlState() + " " + e.getMessage();
      if (!found.equals(failure)) {
        failure = found;
        System.getLogger(LogArchiver.class.getName())
            .log(System.Logger.Level.WARNING, "the log is not archived: " + found);
      }
      return false;
    }
  }

  /** Archives the oldest segment that is not archived, and says whether there was one. */
  private boolean next() {
    LogHold.Part part;
    byte[] tail;
    try (LogHold hold = log.hold()) {
      part = hold.oldestUnarchived();
      if (part == null) {
        return false;
      }
      tail = part.tail(TAIL_BYTES);
    }
    if (!isOurs) {
      archive.requireLogOf(timeline);
      isOurs = true;
    }
    if (!archive.has(part, tail)) {
      LogCopy copy = read(part.number());
      if (copy == null) {
        return true;
      }
      archive.add(part, copy.whole(), tree.state());
      Timeline.Commit last = copy.lastUntil(new RestorePoint.Latest());
      if (last != null) {
        archivedTimestamp = last.timestamp();
      }
    }
    archivedSequence = part.lastSequence();
    log.archived(part.number());
    return true;
  }

  /** Reads a segment, which may have gone since it was looked at: then this is null. */
  private @Nullable LogCopy read(long number) {
    try (LogHold hold = log.hold()) {
      LogHold.Part part = hold.oldestUnarchived();
      return part == null || part.number() != number ? null : part.copy();
    }
  }

  /** Whether a segment with a commit at or after this moment was archived since the open. */
  public boolean hasNoted(long timestamp) {
    return timestamp <= archivedTimestamp;
  }

  /** A backup that began when this segment was already lost is complete: nothing needs it. */
  public void backedUp(long lost) {
    lostBeforeBackup = lost;
  }

  /** How far behind the archive is. */
  public StoreStatistics.Archive statistics() {
    try (LogHold hold = log.hold()) {
      int segments = 0;
      long bytes = 0;
      for (LogHold.Part part : hold.unarchived()) {
        segments++;
        bytes += part.fileBytes();
      }
      return new StoreStatistics.Archive(archivedSequence, segments, bytes, problem());
    }
  }

  private @Nullable String problem() {
    long lost = log.lostThrough();
    if (lost <= lostBeforeBackup) {
      return failure;
    }
    String gap =
        "the log's limit was reached, and the archive lacks a segment: a restore to a later moment"
            + " needs a new backup: segment="
            + lost;
    String cause = failure;
    return cause == null ? gap : gap + ", and it still fails: " + cause;
  }
}
