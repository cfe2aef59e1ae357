package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;

/**
 * Which sequence was committed at which timestamp. Commits whose log segments still exist are kept
 * in memory; before a segment is used again, its commits go to timeline files.
 *
 * <p>Safe for use by any number of threads, under one lock. Owns its files, which stay open for
 * reading. A timeline file is a run of blocks, little-endian:
 *
 * <pre>
 *  0  4  CRC32C of bytes 4 .. 40 + length
 *  4  4  length of the payload
 *  8  8  first sequence
 * 16  8  first timestamp
 * 24  8  through: all commits up to this sequence are in this block or before it
 * 32  4  entries, at most 1,024
 * 36  2  format version, 1
 * 38  2  key id, 0 = not encrypted
 * 40     per further entry: sequence minus the one before, timestamp minus the one before,
 *        both unsigned LEB128
 *
 *  sequences 7 and 8 at timestamps 1,000 and 1,003, two entries:
 *  crc crc crc crc 02 00 00 00 07 (7 x 00) e8 03 (6 x 00) 08 (7 x 00) 02 00 00 00 01 00 00 00 01 03
 * </pre>
 */
public final class Timeline implements AutoCloseable {
  private static final int HEADER_BYTES = 40;
  private static final int VERSION = 1;
  private static final int BLOCK_ENTRIES = 1024;
  private static final long FILE_BYTES = 1 << 20;
  private static final VarHandle LONG = WriteBatch.LONG;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** A commit: its sequence and its timestamp. */
  public record Commit(long sequence, long timestamp) {}

  private record Block(TimelineFile file, long offset, int bytes, Commit first) {}

  /** A file of the timeline; {@code end} is where the next block goes. */
  private static final class TimelineFile {
    final String name;
    final StorageFile handle;
    long end;
    long lastTimestamp;

    TimelineFile(String name, StorageFile handle) {
      this.name = name;
      this.handle = handle;
    }
  }

  private final FileSystem files;
  private final String directory;
  private final List<TimelineFile> open = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private long through;
  private long lastPersisted;

  private long[] sequences = new long[256];
  private long[] timestamps = new long[256];
  private int start;
  private int end;

  private Timeline(FileSystem files, String directory) {
    this.files = files;
    this.directory = directory;
  }

  /**
   * Reads the timeline files of a directory; a torn last block is cut.
   *
   * @throws StorageException category {@code CORRUPTION} if a block before it is damaged
   */
  public static Timeline open(FileSystem files, String directory) {
    Timeline timeline = new Timeline(files, directory);
    List<String> names = new ArrayList<>(files.list(directory));
    names.removeIf(name -> !name.endsWith(".timeline"));
    for (int i = 0; i < names.size(); i++) {
      timeline.load(directory + "/" + names.get(i), i + 1 == names.size());
    }
    if (!timeline.open.isEmpty()) {
      // A killed process may have left bytes that no sync has reached yet.
      timeline.open.getLast().handle.sync(SyncSite.TIMELINE_TAIL);
    }
    return timeline;
  }

  private void load(String name, boolean last) {
    TimelineFile file = new TimelineFile(name, files.open(name, FileSystem.Mode.WRITE));
    open.add(file);
    byte[] bytes = new byte[Math.toIntExact(file.handle.size())];
    file.handle.readFully(0, bytes, 0, bytes.length);
    int at = 0;
    while (at < bytes.length) {
      if (!isBlock(bytes, at)) {
        if (!last) {
          throw StorageException.corruption(
              files.describe(name), at, "a block of the timeline", "a damaged block");
        }
        file.handle.truncate(at);
        break;
      }
      int length = HEADER_BYTES + (int) INT.get(bytes, at + 4);
      List<Commit> commits = decode(bytes, at);
      blocks.add(new Block(file, at, length, commits.getFirst()));
      lastPersisted = commits.getLast().sequence();
      file.lastTimestamp = commits.getLast().timestamp();
      through = (long) LONG.get(bytes, at + 24);
      at += length;
    }
    file.end = at;
  }

  private static boolean isBlock(byte[] bytes, int at) {
    if (bytes.length - at < HEADER_BYTES) {
      return false;
    }
    int length = (int) INT.get(bytes, at + 4);
    return length >= 0
        && length <= bytes.length - at - HEADER_BYTES
        && (int) INT.get(bytes, at) == LogFormat.checksum(bytes, at + 4, HEADER_BYTES - 4 + length)
        && (int) INT.get(bytes, at + 32) > 0;
  }

  private static List<Commit> decode(byte[] bytes, int at) {
    int count = (int) INT.get(bytes, at + 32);
    List<Commit> commits = new ArrayList<>(count);
    long sequence = (long) LONG.get(bytes, at + 8);
    long timestamp = (long) LONG.get(bytes, at + 16);
    commits.add(new Commit(sequence, timestamp));
    Varints in = new Varints(bytes, at + HEADER_BYTES);
    for (int i = 1; i < count; i++) {
      sequence += in.next();
      timestamp += in.next();
      commits.add(new Commit(sequence, timestamp));
    }
    return commits;
  }

  private static final class Varints {
    private final byte[] bytes;
    private int at;

    Varints(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    long next() {
      long value = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[at++];
        value |= (long) (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      return value;
    }
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
  public synchronized void persist(long upTo) {
    if (upTo <= through) {
      return;
    }
    int count = 0;
    while (start + count < end && sequences[start + count] <= upTo) {
      count++;
    }
    if (count == 0) {
      return;
    }
    TimelineFile file = fileForAppend(sequences[start]);
    List<Block> added = new ArrayList<>();
    long at = file.end;
    for (int done = 0; done < count; done += BLOCK_ENTRIES) {
      int entries = Math.min(BLOCK_ENTRIES, count - done);
      boolean last = done + entries == count;
      int from = start + done;
      byte[] block = encode(from, entries, last ? upTo : sequences[from + entries - 1]);
      file.handle.write(at, block, 0, block.length);
      Commit first = new Commit(sequences[from], timestamps[from]);
      added.add(new Block(file, at, block.length, first));
      at += block.length;
    }
    file.handle.sync(SyncSite.TIMELINE);
    if (file.lastTimestamp == 0) {
      files.syncDirectory(directory, SyncSite.TIMELINE_DIRECTORY);
    }
    blocks.addAll(added);
    file.end = at;
    file.lastTimestamp = timestamps[start + count - 1];
    lastPersisted = sequences[start + count - 1];
    through = upTo;
    start += count;
  }

  private TimelineFile fileForAppend(long firstSequence) {
    if (!open.isEmpty() && open.getLast().end < FILE_BYTES) {
      return open.getLast();
    }
    String name = directory + "/" + String.format("%016x", firstSequence) + ".timeline";
    TimelineFile file = new TimelineFile(name, files.open(name, FileSystem.Mode.CREATE));
    open.add(file);
    return file;
  }

  private byte[] encode(int from, int entries, long covered) {
    byte[] bytes = new byte[HEADER_BYTES + 20 * (entries - 1)];
    LONG.set(bytes, 8, sequences[from]);
    LONG.set(bytes, 16, timestamps[from]);
    LONG.set(bytes, 24, covered);
    INT.set(bytes, 32, entries);
    INT.set(bytes, 36, VERSION);
    int at = HEADER_BYTES;
    for (int i = from + 1; i < from + entries; i++) {
      at = WriteBatch.putVarlong(bytes, at, sequences[i] - sequences[i - 1]);
      at = WriteBatch.putVarlong(bytes, at, timestamps[i] - timestamps[i - 1]);
    }
    INT.set(bytes, 4, at - HEADER_BYTES);
    INT.set(bytes, 0, LogFormat.checksum(bytes, 4, at - 4));
    return Arrays.copyOf(bytes, at);
  }

  /** Deletes files all of whose commits are older than a timestamp. */
  public synchronized void prune(long timestamp) {
    while (open.size() > 1 && open.getFirst().lastTimestamp < timestamp) {
      TimelineFile file = open.removeFirst();
      blocks.removeIf(block -> block.file() == file);
      file.handle.close();
      files.delete(file.name);
    }
  }

  /** The last commit at or before a sequence, or null if none is known. */
  public synchronized @Nullable Commit atSequence(long sequence) {
    return find(sequence, true);
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
  public synchronized @Nullable Commit firstAfter(long timestamp) {
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
    block.file().handle.readFully(block.offset(), bytes, 0, bytes.length);
    if (!isBlock(bytes, 0)) {
      throw StorageException.corruption(
          files.describe(block.file().name),
          block.offset(),
          "a block of the timeline",
          "a damaged block");
    }
    return decode(bytes, 0);
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
  public synchronized void close() {
    for (TimelineFile file : open) {
      file.handle.close();
    }
    open.clear();
  }
}
