package org.facetdb.storage.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.jspecify.annotations.Nullable;

/**
 * Which segments of the log there are: those kept for consumers, those full and not yet in
 * sstables, the active one; and the spare files that the next ones take.
 *
 * <p>Safe for use by any number of threads, under one lock; another one, taken before it, keeps
 * recycling in order while the timeline is synced. Invariants: kept, full and active follow each
 * other without a gap in sequences; a segment at or behind the lowest pin stays. Owns the files
 * that are not open, and none that is.
 */
final class LogSegments {
  private static final int SPARES_MIN = 2;
  private static final int SPARES_MAX = 8;

  /**
   * A segment.
   *
   * @param base log offset of its first record
   * @param end log offset behind its last record
   * @param sequenceBefore sequence of the last commit before it
   * @param lastSequence sequence up to which all commits are in it or before it
   * @param fileBytes size of the file
   */
  record Segment(
      String file,
      long number,
      long base,
      long end,
      long sequenceBefore,
      long lastSequence,
      long fileBytes) {}

  /** Holds segments for a reader; it gives them back one after another. */
  final class Pin implements AutoCloseable {
    private final List<Segment> segments;
    private long number;
    private boolean closed;

    private Pin(List<Segment> segments, long number) {
      this.segments = segments;
      this.number = number;
      pins.merge(number, 1, Integer::sum);
    }

    List<Segment> segments() {
      return segments;
    }

    /** Lets go of the segments before one. */
    void advance(Segment segment) {
      lock.lock();
      try {
        release();
        number = segment.number();
        pins.merge(number, 1, Integer::sum);
      } finally {
        lock.unlock();
      }
    }

    private void release() {
      pins.computeIfPresent(number, (key, count) -> count == 1 ? null : count - 1);
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          release();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private final FileSystem files;
  private final String directory;
  private final int segmentBytes;
  private final int sparesMax;
  private final long keptBytesMax;
  private final Timeline timeline;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock recycling = new ReentrantLock();
  private final Deque<Segment> kept = new ArrayDeque<>();
  private final Deque<Segment> full = new ArrayDeque<>();
  private final Deque<String> spares = new ArrayDeque<>();
  private final TreeMap<Long, Integer> pins = new TreeMap<>();
  private @Nullable Segment active;
  private final AtomicLong writtenEnd = new AtomicLong();
  private long keptBytes;
  private long retainAfter;
  private long oldestSequence;
  private long spareNumber;

  /** The last one, when it has got its last record and the log is closed. */
  private @Nullable Segment ended;

  /** Segments from this number on may hold parts of a commit that is not complete. */
  private long incompleteFrom = Long.MAX_VALUE;

  /** Segments up to this number are archived, or need not be. */
  private long archivedThrough;

  /** The newest segment that had to go before it was archived, 0 if none had to. */
  private long lostThrough;

  /** Takes over what recovery found, and lets go at once of what nobody will ask for. */
  LogSegments(
      FileSystem files,
      String directory,
      StoreOptions options,
      LogRecovery recovery,
      Timeline timeline) {
    this.files = files;
    this.directory = directory;
    this.segmentBytes = options.segmentBytes();
    // A flush lets go of what one memtable took, and the next one needs as much.
    this.sparesMax =
        Math.clamp(
            1 + 2 * options.memtableBytes() / options.segmentBytes(), SPARES_MIN, SPARES_MAX);
    this.keptBytesMax = options.changeLogBytes();
    this.retainAfter = options.changeLog() ? 0 : Long.MAX_VALUE;
    this.archivedThrough = options.archive() == null ? Long.MAX_VALUE : 0;
    this.timeline = timeline;
    kept.addAll(recovery.kept);
    kept.forEach(segment -> keptBytes += segment.fileBytes());
    full.addAll(recovery.segments);
    recovery.useless.forEach(files::delete);
    recovery.free.forEach(this::release);
    if (options.archive() == null) {
      trimKept();
    }
  }

  private void release(String file) {
    if (spares.size() >= sparesMax) {
      files.delete(file);
      return;
    }
    String spare = nextSpare();
    if (!file.equals(spare)) {
      while (files.exists(spare)) {
        spare = nextSpare();
      }
      files.rename(file, spare);
    }
    spares.add(spare);
  }

  private String nextSpare() {
    return directory + "/spare-" + String.format("%08x", spareNumber++);
  }

  @Nullable String takeSpare() {
    lock.lock();
    try {
      return spares.poll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reserves a spare segment if there is none, and makes the next one larger where needed. A
   * failure changes nothing.
   *
   * @param bytes what the next segment has to hold, its header included; 0 if that is not known
   */
  void prepareSpare(long bytes) {
    lock.lock();
    try {
      String next = spares.peekFirst();
      if (next == null) {
        spares.add(newSpare(Math.max(segmentBytes, bytes)));
      } else if (bytes > 0) {
        enlarge(next, Math.max(segmentBytes, bytes));
      }
    } finally {
      lock.unlock();
    }
  }

  private String newSpare(long bytes) {
    String name = nextSpare();
    while (files.exists(name)) {
      name = nextSpare();
    }
    try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
      file.reserve(bytes);
    } catch (StorageException e) {
      files.delete(name);
      throw e;
    }
    return name;
  }

  /**
   * Has room reserved for so many spare segments of a size. A failure changes nothing that matters:
   * the spares that were there may be larger.
   */
  void reserve(int count, long bytes) {
    List<String> made = new ArrayList<>();
    lock.lock();
    try {
      for (String spare : spares) {
        enlarge(spare, bytes);
      }
      while (spares.size() < count) {
        String spare = newSpare(bytes);
        made.add(spare);
        spares.add(spare);
      }
    } catch (Throwable e) {
      spares.removeAll(made);
      made.forEach(files::delete);
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of files that no longer belong to the log. */
  void discard(List<String> names) {
    lock.lock();
    try {
      names.forEach(this::release);
    } finally {
      lock.unlock();
    }
  }

  /** The active segment, of this number, gets the first part of a commit. */
  void commitBegins(long number) {
    lock.lock();
    try {
      incompleteFrom = number;
    } finally {
      lock.unlock();
    }
  }

  /** What was begun is durable; false if nothing was. */
  boolean commitEnded() {
    lock.lock();
    try {
      boolean begun = incompleteFrom != Long.MAX_VALUE;
      incompleteFrom = Long.MAX_VALUE;
      return begun;
    } finally {
      lock.unlock();
    }
  }

  private void enlarge(String name, long bytes) {
    try (StorageFile file = files.open(name, FileSystem.Mode.WRITE)) {
      long before = file.size();
      try {
        file.reserve(bytes);
      } catch (StorageException e) {
        file.truncate(before);
        throw e;
      }
    }
  }

  /** A segment takes records from now on; its end is what {@link #written} says. */
  void opened(Segment segment) {
    lock.lock();
    try {
      active = segment;
      writtenEnd.set(segment.base());
      updateOldest();
    } finally {
      lock.unlock();
    }
  }

  /** All records before a log offset are in the file of the active segment. */
  void written(long end) {
    // Who must see the records learns of their commit after this, by a volatile load.
    writtenEnd.setRelease(end);
  }

  /** The active segment has got its last record. */
  void filled(Segment segment) {
    lock.lock();
    try {
      full.add(segment);
      active = null;
    } finally {
      lock.unlock();
    }
  }

  /** The active segment has got its last record, and no other one follows. */
  void ended(Segment segment) {
    lock.lock();
    try {
      ended = segment;
      active = null;
    } finally {
      lock.unlock();
    }
  }

  /** Those kept, full and active. */
  List<Segment> all() {
    lock.lock();
    try {
      List<Segment> all = new ArrayList<>(kept);
      all.addAll(full);
      Segment last = active;
      if (last != null) {
        all.add(last);
      }
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** Holds every segment that recovery or a consumer needs now, and all later ones. */
  Pin pinNeeded() {
    lock.lock();
    try {
      Segment first = first();
      return new Pin(List.of(), first == null ? Long.MAX_VALUE : first.number());
    } finally {
      lock.unlock();
    }
  }

  /** The segments of complete commits that have got their last record and are not archived. */
  List<Segment> unarchived() {
    lock.lock();
    try {
      List<Segment> closed = new ArrayList<>(kept);
      closed.addAll(full);
      Segment last = ended;
      if (last != null) {
        closed.add(last);
      }
      closed.removeIf(
          segment -> segment.number() <= archivedThrough || segment.number() >= incompleteFrom);
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Number of the newest segment that had to go before it was archived, 0 if none had to. */
  long lostThrough() {
    lock.lock();
    try {
      return lostThrough;
    } finally {
      lock.unlock();
    }
  }

  /** All closed segments up to a number are archived. */
  void archived(long number) {
    lock.lock();
    try {
      archivedThrough = Math.max(archivedThrough, number);
    } finally {
      lock.unlock();
    }
  }

  /** The segments from a pin's on; the active one ends with what was written. */
  List<Segment> written(Pin pin) {
    lock.lock();
    try {
      List<Segment> all = allWritten();
      all.removeIf(segment -> segment.number() < pin.number);
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** All segments, the active one up to what was written. */
  private List<Segment> allWritten() {
    List<Segment> all = new ArrayList<>(kept);
    all.addAll(full);
    Segment last = active;
    if (last != null) {
      all.add(
          new Segment(
              last.file(),
              last.number(),
              last.base(),
              writtenEnd.getAcquire(),
              last.sequenceBefore(),
              Long.MAX_VALUE,
              last.fileBytes()));
    }
    return all;
  }

  private @Nullable Segment first() {
    Segment first = kept.isEmpty() ? full.peekFirst() : kept.peekFirst();
    return first == null ? active : first;
  }

  /** How many segments wait for a flush, the active one not counted. */
  int fullSegments() {
    lock.lock();
    try {
      return full.size();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps the segments whose commits are all in sstables for consumers alone, or lets them go. */
  void recycle(long flushedSequence) {
    recycling.lock();
    try {
      List<Segment> done = flushed(flushedSequence);
      if (!done.isEmpty()) {
        timeline.persist(done.getLast().lastSequence());
        // Of a commit that is not complete the timeline knows nothing yet.
        long known = timeline.through();
        done.removeIf(segment -> segment.lastSequence() > known);
      }
      keep(done);
    } finally {
      recycling.unlock();
    }
  }

  private List<Segment> flushed(long flushedSequence) {
    lock.lock();
    try {
      List<Segment> done = new ArrayList<>(full);
      done.removeIf(segment -> segment.lastSequence() > flushedSequence);
      return done;
    } finally {
      lock.unlock();
    }
  }

  private void keep(List<Segment> done) {
    lock.lock();
    try {
      for (Segment segment : done) {
        full.remove(segment);
        kept.add(segment);
        keptBytes += segment.fileBytes();
      }
      trimKept();
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of what no consumer needs any more, or of what is too much. */
  void trim() {
    lock.lock();
    try {
      trimKept();
    } finally {
      lock.unlock();
    }
  }

  private void trimKept() {
    while (mayGo(kept.peekFirst())) {
      Segment segment = kept.removeFirst();
      if (segment.number() > archivedThrough) {
        lostThrough = segment.number();
      }
      keptBytes -= segment.fileBytes();
      updateOldest();
      release(segment.file());
    }
  }

  private boolean mayGo(@Nullable Segment segment) {
    return segment != null
        && (pins.isEmpty() || segment.number() < pins.firstKey())
        && ((segment.lastSequence() <= retainAfter && segment.number() <= archivedThrough)
            || keptBytes > keptBytesMax);
  }

  private void updateOldest() {
    Segment first = first();
    if (first != null) {
      oldestSequence = Math.max(oldestSequence, first.sequenceBefore());
    }
  }

  void retainAfter(long sequence) {
    lock.lock();
    try {
      retainAfter = sequence;
    } finally {
      lock.unlock();
    }
  }

  /** Commits after this sequence are in segments. */
  long oldestSequence() {
    lock.lock();
    try {
      return oldestSequence;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Holds the segments with commits after one sequence and through another.
   *
   * @throws StorageException SQLSTATE 72000 if the first of them are gone
   */
  Pin pin(long afterSequence, long throughSequence) {
    lock.lock();
    try {
      if (afterSequence < oldestSequence) {
        throw new StorageException(
            "72000",
            StorageException.Category.USER,
            "commits are no longer in the log: after="
                + afterSequence
                + " oldest="
                + oldestSequence);
      }
      List<Segment> all = allWritten();
      all.removeIf(
          segment ->
              segment.lastSequence() <= Math.max(afterSequence, segment.sequenceBefore())
                  || segment.sequenceBefore() >= throughSequence);
      return new Pin(List.copyOf(all), all.isEmpty() ? Long.MAX_VALUE : all.getFirst().number());
    } finally {
      lock.unlock();
    }
  }
}
