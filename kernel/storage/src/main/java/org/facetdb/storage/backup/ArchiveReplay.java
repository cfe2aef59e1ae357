package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.TreeState;

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
    long end = base.end();
    LogCopy closing = base;
    long closingNumber = firstNumber;
    // Behind the segment of the last commit: they may hold parts of one that is not complete.
    List<ArchivedSegment> behind = new ArrayList<>();
    boolean first = true;
    boolean reached = until.isReachedBy(last.sequence(), last.timestamp());
    if (!reached) {
      // One by one: what lies behind the moment need not be good.
      for (String descriptor : archive.descriptors(firstNumber)) {
        ArchivedSegment segment = archive.read(descriptor);
        requireNext(segment, number, first, end);
        LogCopy copy = archive.copy(segment);
        Timeline.Commit known = last;
        reached = take(segment, copy);
        if (first) {
          requireSameLog(segment, copy, base, known.sequence());
          closing = copy;
        } else if (last.equals(known)) {
          behind.add(segment);
        } else {
          out.accept(closingNumber, closing.whole());
          behind.forEach(passed -> out.accept(passed.number(), archive.copy(passed).whole()));
          behind.clear();
          closing = copy;
          closingNumber = segment.number();
        }
        first = false;
        number = segment.number();
        end = copy.end();
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
    out.accept(closingNumber, closing.closedAfter(last.sequence()));
    state = state.with(List.of(new Change.NewestSegment(closingNumber)));
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

  private void requireNext(ArchivedSegment segment, long number, boolean first, long end) {
    String found = ArchivedSegment.fileName(segment.number());
    if (first) {
      if (segment.number() != number) {
        throw gap(
            "a segment of the archived log is missing", ArchivedSegment.fileName(number), found);
      }
    } else if (segment.base() != end) {
      throw gap(
          "a segment of the archived log is missing",
          ArchivedSegment.fileName(number + 1) + " with base " + end,
          found + " with base " + segment.base());
    }
  }

  private void requireSameLog(ArchivedSegment segment, LogCopy copy, LogCopy base, long sequence) {
    if (!copy.continues(base, sequence)) {
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
