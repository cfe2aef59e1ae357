package org.facetdb.storage.backup;

import java.util.List;
import java.util.function.BiConsumer;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.TreeState;
import org.jspecify.annotations.Nullable;

/**
 * Goes on from the last segment of a backup through an archive, exactly up to a moment. Used by one
 * thread, once; owns nothing. Invariant: each segment begins where the one before it ends.
 */
final class ArchiveReplay {
  private final LogArchive archive;
  private final RestorePoint until;
  private Timeline.Commit last;
  private TreeState state;

  /**
   * @param last the last commit of the backup
   * @param state what the backup's manifest says
   */
  ArchiveReplay(LogArchive archive, RestorePoint until, Timeline.Commit last, TreeState state) {
    this.archive = archive;
    this.until = until;
    this.last = last;
    this.state = state;
  }

  /** The last commit of the moment. */
  Timeline.Commit last() {
    return last;
  }

  /** What the manifest has to say at the moment. */
  TreeState state() {
    return state;
  }

  /**
   * Hands on the segments from the backup's last one on, by number; the last one of them closes the
   * log.
   *
   * @throws StorageException SQLSTATE 55000 if a segment is missing, if the archive belongs to
   *     another log or ends before the moment; category {@code CORRUPTION} if a segment is damaged
   */
  void run(long firstNumber, LogCopy base, BiConsumer<Long, byte[]> out) {
    long number = firstNumber;
    LogCopy before = null;
    boolean reached = until.isReachedBy(last.sequence(), last.timestamp());
    if (!reached) {
      // One by one: what lies behind the moment need not be good.
      for (String descriptor : archive.descriptors(firstNumber)) {
        ArchivedSegment segment = archive.read(descriptor);
        requireNext(segment, number, before);
        LogCopy copy = archive.copy(segment);
        if (before == null) {
          requireSameLog(segment, copy, base);
        } else {
          out.accept(number, before.whole());
        }
        before = copy;
        number = segment.number();
        reached = take(segment, copy);
        if (reached) {
          break;
        }
      }
    }
    if (!reached && !(until instanceof RestorePoint.Latest)) {
      throw gap(
          "the archived log ends before the moment",
          until.text(),
          new RestorePoint.Sequence(last.sequence()).text()
              + " at "
              + new RestorePoint.Timestamp(last.timestamp()).text());
    }
    LogCopy closing = before == null ? base : before;
    out.accept(number, closing.closedAfter(last.sequence()));
    state = state.with(List.of(new Change.NewestSegment(number)));
  }

  /** Takes a segment's commits over, and says whether the moment lies in it. */
  private boolean take(ArchivedSegment segment, LogCopy copy) {
    Timeline.Commit found = copy.lastUntil(until);
    Timeline.Commit newest = copy.lastUntil(new RestorePoint.Latest());
    if (found != null && found.sequence() > last.sequence()) {
      last = found;
    }
    state = state.withKeySpacesOf(segment.keySpaces(), last.timestamp());
    return newest != null && until.isReachedBy(newest.sequence(), newest.timestamp());
  }

  private void requireNext(ArchivedSegment segment, long number, @Nullable LogCopy before) {
    String found = ArchivedSegment.fileName(segment.number());
    if (before == null) {
      if (segment.number() != number) {
        throw gap(
            "a segment of the archived log is missing", ArchivedSegment.fileName(number), found);
      }
    } else if (segment.base() != before.end()) {
      throw gap(
          "a segment of the archived log is missing",
          ArchivedSegment.fileName(number + 1) + " with base " + before.end(),
          found + " with base " + segment.base());
    }
  }

  private void requireSameLog(ArchivedSegment segment, LogCopy copy, LogCopy base) {
    if (!copy.continues(base, last.sequence())) {
      throw gap(
          "the archive belongs to another log than the backup",
          "the records of the backup",
          ArchivedSegment.fileName(segment.number()) + " with others");
    }
  }

  private StorageException gap(String rule, String expected, String found) {
    return new StorageException(
        "55000",
        StorageException.Category.USER,
        rule + ": archive=" + archive.place() + " expected=" + expected + " found=" + found);
  }
}
