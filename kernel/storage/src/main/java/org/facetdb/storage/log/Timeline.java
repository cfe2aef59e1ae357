package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;

/**
 * Which sequence was committed at which timestamp. Commits whose log segments still exist are kept
 * in memory; before a segment is used again, its commits go to timeline files.
 *
 * <p>Safe for use by any number of threads, under one lock, which no sync holds; another one, taken
 * before it, orders changes of files. Opening reads and changes nothing; files are written from
 * {@link #start} on. Owns its files, of which two are open at most, however long history is: the
 * last one, and the one that was read last. Their bytes are described in {@link TimelineFormat}.
 */
public final class Timeline implements AutoCloseable {
  private static final String SUFFIX = ".timeline";
  private static final long FILE_BYTES = 1 << 20;

  /** A commit: its sequence and its timestamp. */
  public record Commit(long sequence, long timestamp) {}

  /** A block of a file; {@code before} is negative where an old block does not say. */
  private record Block(TimelineFile file, long offset, int bytes, Commit first, long before) {}

  /** A file of the timeline; {@code end} is where the next block goes. */
  private static final class TimelineFile {
    final String name;
    long end;
    long lastTimestamp;

    TimelineFile(String name) {
      this.name = name;
    }
  }

  /** A file that is open. */
  private record Opened(TimelineFile file, StorageFile handle) {}

  private final FileSystem files;
  private final String directory;
  private final long fileBytes;
  private final ReentrantLock filesLock = new ReentrantLock();
  private final List<TimelineFile> known = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();

  /** The last file, which is written; null before there is one. */
  private @Nullable Opened written;

  /** The one of the others that was read last. */
  private @Nullable Opened read;

  private long through;
  private long lastPersisted;
  private int holds;

  private long[] sequences = new long[256];
  private long[] timestamps = new long[256];
  private int start;
  private int end;

  private Timeline(FileSystem files, String directory, long fileBytes) {
    this.files = files;
    this.directory = directory;
    this.fileBytes = fileBytes;
  }

  /**
   * Reads the timeline files of a directory, and changes nothing.
   *
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  public static Timeline open(FileSystem files, String directory) {
    return open(files, directory, FILE_BYTES);
  }

  /**
   * As {@link #open(FileSystem, String)}.
   *
   * @param fileBytes another file is begun where one has this many bytes or more
   */
  static Timeline open(FileSystem files, String directory, long fileBytes) {
    Timeline timeline = new Timeline(files, directory, fileBytes);
    try {
      List<String> names = new ArrayList<>(files.list(directory));
      names.removeIf(name -> !name.endsWith(SUFFIX));
      for (int i = 0; i < names.size(); i++) {
        timeline.load(directory + "/" + names.get(i), i + 1 == names.size());
      }
    } catch (Throwable t) {
      timeline.close();
      throw t;
    }
    return timeline;
  }

  /** Cuts a torn last block, and makes durable what was read. */
  public synchronized void start() {
    Opened last = written;
    if (last != null) {
      if (last.file().end < last.handle().size()) {
        last.handle().truncate(last.file().end);
      }
      // A killed process may have left bytes, and a name, that no sync has reached yet.
      last.handle().sync(SyncSite.TIMELINE_TAIL);
      files.syncDirectory(directory, SyncSite.TIMELINE_DIRECTORY);
    }
  }

  private void load(String name, boolean last) {
    String place = files.describe(name);
    TimelineFile file = new TimelineFile(name);
    known.add(file);
    byte[] bytes = last ? bytesOfLast(file) : bytesOf(name);
    int at = 0;
    while (at < bytes.length) {
      TimelineFormat.Block block = TimelineFormat.decode(place, bytes, at);
      if (block == null) {
        if (!last || !TimelineFormat.isTorn(bytes, at)) {
          throw damaged(name, at);
        }
        break;
      }
      if (block.before() >= 0 && !blocks.isEmpty() && block.before() != through) {
        throw StorageException.corruption(
            place,
            at + 40L,
            "a block after sequence " + through,
            "one after sequence " + block.before());
      }
      blocks.add(new Block(file, at, block.bytes(), block.commits().getFirst(), block.before()));
      lastPersisted = block.commits().getLast().sequence();
      file.lastTimestamp = block.commits().getLast().timestamp();
      through = block.through();
      at += block.bytes();
    }
    file.end = at;
  }

  private byte[] bytesOfLast(TimelineFile file) {
    StorageFile handle = files.open(file.name, FileSystem.Mode.WRITE);
    written = new Opened(file, handle);
    return bytesOf(handle);
  }

  private byte[] bytesOf(String name) {
    try (StorageFile handle = files.open(name, FileSystem.Mode.READ)) {
      return bytesOf(handle);
    }
  }

  private static byte[] bytesOf(StorageFile handle) {
    byte[] bytes = new byte[Math.toIntExact(handle.size())];
    handle.readFully(0, bytes, 0, bytes.length);
    return bytes;
  }

  private StorageException damaged(String name, long offset) {
    return StorageException.corruption(
        files.describe(name), offset, "a block of the timeline", "a damaged block");
  }

  /** The file in which the timeline goes on, as messages call it. */
  public synchronized String lastFile() {
    return files.describe(known.isEmpty() ? fileName(through + 1) : known.getLast().name);
  }

  /** Where the timeline goes on in its last file. */
  public synchronized long lastFileEnd() {
    return known.isEmpty() ? 0 : known.getLast().end;
  }

  /** All commits up to this sequence are in the files. */
  public synchronized long through() {
    return through;
  }

  /** Takes the next commit; one that is in the files already is passed over. */
  public synchronized void add(long sequence, long timestamp) {
    if (sequence <= lastPersisted || (end > start && sequence <= sequences[end - 1])) {
      return;
    }
    if (end == sequences.length) {
      int count = end - start;
      int capacity = Math.max(256, count * 2);
      sequences = Arrays.copyOf(Arrays.copyOfRange(sequences, start, end), capacity);
      timestamps = Arrays.copyOf(Arrays.copyOfRange(timestamps, start, end), capacity);
      start = 0;
      end = count;
    }
    sequences[end] = sequence;
    timestamps[end++] = timestamp;
  }

  /** Makes the commits up to a sequence durable in the files; may be repeated where it fails. */
  public void persist(long upTo) {
    filesLock.lock();
    try {
      Pending pending = pending(upTo);
      if (pending != null) {
        persisted(pending, write(pending));
      }
    } finally {
      filesLock.unlock();
    }
  }

  /** Commits on their way into a file, and the sequence up to which there are no others. */
  private record Pending(
      Opened to, long[] sequences, long[] timestamps, long before, long through) {}

  private synchronized @Nullable Pending pending(long upTo) {
    if (upTo <= through) {
      return null;
    }
    int count = 0;
    while (start + count < end && sequences[start + count] <= upTo) {
      count++;
    }
    return count == 0
        ? null
        : new Pending(
            fileForAppend(sequences[start]),
            Arrays.copyOfRange(sequences, start, start + count),
            Arrays.copyOfRange(timestamps, start, start + count),
            through,
            upTo);
  }

  /** Writes and syncs blocks behind the end of the file, which nobody reads yet. */
  private List<Block> write(Pending pending) {
    TimelineFile file = pending.to().file();
    StorageFile handle = pending.to().handle();
    List<Block> added = new ArrayList<>();
    long at = file.end;
    long before = pending.before();
    int count = pending.sequences().length;
    for (int done = 0; done < count; done += TimelineFormat.BLOCK_ENTRIES) {
      int entries = Math.min(TimelineFormat.BLOCK_ENTRIES, count - done);
      boolean last = done + entries == count;
      long covered = last ? pending.through() : pending.sequences()[done + entries - 1];
      byte[] block =
          TimelineFormat.encode(
              pending.sequences(), pending.timestamps(), done, entries, covered, before);
      handle.write(at, block, 0, block.length);
      Commit first = new Commit(pending.sequences()[done], pending.timestamps()[done]);
      added.add(new Block(file, at, block.length, first, before));
      before = covered;
      at += block.length;
    }
    handle.sync(SyncSite.TIMELINE);
    if (file.lastTimestamp == 0) {
      files.syncDirectory(directory, SyncSite.TIMELINE_DIRECTORY);
    }
    return added;
  }

  private synchronized void persisted(Pending pending, List<Block> added) {
    int count = pending.sequences().length;
    blocks.addAll(added);
    pending.to().file().end = added.getLast().offset() + added.getLast().bytes();
    pending.to().file().lastTimestamp = pending.timestamps()[count - 1];
    lastPersisted = pending.sequences()[count - 1];
    through = pending.through();
    start += count;
  }

  private Opened fileForAppend(long firstSequence) {
    Opened last = written;
    if (last != null && last.file().end < fileBytes) {
      return last;
    }
    TimelineFile file = new TimelineFile(fileName(firstSequence));
    Opened next = new Opened(file, files.open(file.name, FileSystem.Mode.CREATE));
    written = next;
    known.add(file);
    if (last != null) {
      last.handle().close();
    }
    return next;
  }

  private String fileName(long firstSequence) {
    return directory + "/" + String.format("%016x", firstSequence) + SUFFIX;
  }

  /** Keeps the files as they are now, for a copy of the store. */
  public synchronized TimelineHold hold() {
    List<TimelineHold.Part> parts = new ArrayList<>();
    for (TimelineFile file : known) {
      if (file.end > 0) {
        parts.add(new TimelineHold.Part(file.name, file.end));
      }
    }
    holds++;
    return new TimelineHold(parts, this::release);
  }

  private synchronized void release() {
    holds--;
  }

  /**
   * Deletes files that nobody needs who asks from a timestamp on: what was committed last at or
   * before it is kept. None goes while they are held.
   */
  public void prune(long timestamp) {
    filesLock.lock();
    try {
      pruneFiles(timestamp);
    } finally {
      filesLock.unlock();
    }
  }

  private synchronized void pruneFiles(long timestamp) {
    while (holds == 0 && known.size() > 1 && begins(known.get(1)) <= timestamp) {
      TimelineFile file = known.removeFirst();
      blocks.removeIf(block -> block.file() == file);
      if (read != null && read.file() == file) {
        closeRead();
      }
      files.delete(file.name);
    }
  }

  private long begins(TimelineFile file) {
    return blocks.stream()
        .filter(block -> block.file() == file)
        .mapToLong(block -> block.first().timestamp())
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  /** The oldest commit that is known, null if none is. */
  private @Nullable Commit oldest() {
    if (!blocks.isEmpty()) {
      return blocks.getFirst().first();
    }
    return start < end ? new Commit(sequences[start], timestamps[start]) : null;
  }

  /**
   * Until when nothing changes after a timestamp: the last one before the next commit, {@link
   * Long#MAX_VALUE} if none follows, and the timestamp itself where commits were pruned that may
   * have followed.
   */
  public synchronized long unchangedUntil(long timestamp) {
    Commit oldest = oldest();
    if (oldest != null && timestamp < oldest.timestamp() && isPruned(oldest)) {
      return timestamp;
    }
    Commit next = firstAfter(timestamp);
    return next == null ? Long.MAX_VALUE : next.timestamp() - 1;
  }

  /** Whether there were commits before the oldest that is known, which may have several records. */
  private boolean isPruned(Commit oldest) {
    if (blocks.isEmpty()) {
      return false;
    }
    long before = blocks.getFirst().before();
    return before < 0 ? oldest.sequence() > 1 : before > 0;
  }

  /** The last commit at or before a sequence, or null if none is known. */
  public synchronized @Nullable Commit atSequence(long sequence) {
    return find(sequence, true);
  }

  /**
   * Whether a commit certainly is none of this timeline: so it is one of another store, or of this
   * one after the moment to which it was restored. Where commits were pruned nothing is certain.
   */
  public synchronized boolean lacks(Commit commit) {
    Commit newest = atSequence(Long.MAX_VALUE);
    if (newest == null || newest.sequence() < commit.sequence()) {
      return true;
    }
    Commit known = atSequence(commit.sequence());
    return known == null ? !isPruned(Objects.requireNonNull(oldest())) : !known.equals(commit);
  }

  /** The last commit at or before a timestamp, or null if none is known. */
  public synchronized @Nullable Commit atTimestamp(long timestamp) {
    return find(timestamp, false);
  }

  private @Nullable Commit find(long limit, boolean bySequence) {
    long[] keys = bySequence ? sequences : timestamps;
    if (end > start && keys[start] <= limit) {
      int found = Arrays.binarySearch(keys, start, end, limit);
      int index = found >= 0 ? found : -found - 2;
      return new Commit(sequences[index], timestamps[index]);
    }
    int low = 0;
    int high = blocks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      Commit first = blocks.get(middle).first();
      if ((bySequence ? first.sequence() : first.timestamp()) <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : findInBlock(blocks.get(low - 1), limit, bySequence);
  }

  /** The first commit after a timestamp, or null if none is known. */
  synchronized @Nullable Commit firstAfter(long timestamp) {
    int low = 0;
    int high = blocks.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (blocks.get(middle).first().timestamp() <= timestamp) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low > 0) {
      for (Commit commit : commitsOf(blocks.get(low - 1))) {
        if (commit.timestamp() > timestamp) {
          return commit;
        }
      }
    }
    if (low < blocks.size()) {
      return blocks.get(low).first();
    }
    int found = Arrays.binarySearch(timestamps, start, end, timestamp);
    int index = found >= 0 ? found + 1 : -found - 1;
    return index < end ? new Commit(sequences[index], timestamps[index]) : null;
  }

  private List<Commit> commitsOf(Block block) {
    byte[] bytes = new byte[block.bytes()];
    opened(block.file()).readFully(block.offset(), bytes, 0, bytes.length);
    TimelineFormat.Block held = TimelineFormat.decode(files.describe(block.file().name), bytes, 0);
    if (held == null) {
      throw damaged(block.file().name, block.offset());
    }
    return held.commits();
  }

  private StorageFile opened(TimelineFile file) {
    Opened last = written;
    if (last != null && last.file() == file) {
      return last.handle();
    }
    Opened before = read;
    if (before != null && before.file() == file) {
      return before.handle();
    }
    closeRead();
    StorageFile handle = files.open(file.name, FileSystem.Mode.READ);
    read = new Opened(file, handle);
    return handle;
  }

  private void closeRead() {
    Opened before = read;
    if (before != null) {
      read = null;
      before.handle().close();
    }
  }

  private Commit findInBlock(Block block, long limit, boolean bySequence) {
    Commit best = block.first();
    for (Commit commit : commitsOf(block)) {
      if ((bySequence ? commit.sequence() : commit.timestamp()) <= limit) {
        best = commit;
      }
    }
    return best;
  }

  @Override
  public void close() {
    filesLock.lock();
    try {
      closeFiles();
    } finally {
      filesLock.unlock();
    }
  }

  private synchronized void closeFiles() {
    closeRead();
    Opened last = written;
    if (last != null) {
      written = null;
      last.handle().close();
    }
    known.clear();
  }
}
