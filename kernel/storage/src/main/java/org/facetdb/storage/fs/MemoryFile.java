package org.facetdb.storage.fs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.facetdb.storage.StorageException;

/**
 * A handle on a file in memory. Thread safety as {@link StorageFile} demands; the content belongs
 * to the file system and is shared by all handles of the file.
 */
final class MemoryFile implements StorageFile {
  private final MemoryFileSystem owner;
  private final String name;
  private final Content content;
  private final boolean writable;
  private boolean closed;

  /** Mapped for reading; as of a file on disk, the mapping ends when the file is closed. */
  private volatile boolean mapped;

  private volatile boolean unmapped;

  MemoryFile(MemoryFileSystem owner, String name, Content content, boolean writable) {
    this.owner = owner;
    this.name = name;
    this.content = content;
    this.writable = writable;
    content.opened(name);
  }

  @Override
  public String name() {
    return owner.describe(name);
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) {
    owner.checkAlive();
    if (unmapped) {
      throw new IllegalStateException("the file was closed and its mapping with it: file=" + name);
    }
    int available = Math.clamp(content.size - position, 0, length);
    if (available > 0) {
      System.arraycopy(content.bytes, (int) position, target, offset, available);
    }
    return available;
  }

  @Override
  public void mapForReading() {
    mapped = true;
  }

  private void checkWritable() {
    owner.checkAlive();
    if (!writable || closed) {
      throw StorageException.io("file is not open for writing: file=" + name, null);
    }
  }

  @Override
  public void write(long position, byte[] source, int offset, int length) {
    synchronized (owner.monitor()) {
      checkWritable();
      content.write(new Change(position, Arrays.copyOfRange(source, offset, offset + length)));
    }
  }

  @Override
  public void sync(SyncSite site) {
    synchronized (owner.monitor()) {
      checkWritable();
      content.sync();
    }
  }

  @Override
  public void writeDurably(long position, byte[] source, int offset, int length, SyncSite site) {
    synchronized (owner.monitor()) {
      write(position, source, offset, length);
      content.sync(position, position + length);
    }
  }

  @Override
  public long size() {
    owner.checkAlive();
    return content.size;
  }

  @Override
  public void truncate(long size) {
    synchronized (owner.monitor()) {
      checkWritable();
      content.write(new Change(-1 - size, new byte[0]));
    }
  }

  @Override
  public void close() {
    synchronized (owner.monitor()) {
      if (!closed) {
        closed = true;
        unmapped = mapped;
        content.closed(name);
      }
    }
  }

  /** Bytes written at a position; a negative position is -1 minus the size that a cut leaves. */
  private record Change(long position, byte[] bytes) {}

  /**
   * The bytes of a file, and what of them a crash could lose. Written under the owner's monitor.
   */
  static final class Content {
    private static final byte[] EMPTY = new byte[0];

    private final boolean strict;
    private final List<Change> pending = new ArrayList<>();
    private volatile byte[] bytes = EMPTY;
    private volatile int size;
    private byte[] durableBytes = EMPTY;
    private int durableSize;
    private final Map<String, Integer> openNames = new HashMap<>();

    Content(boolean strict) {
      this.strict = strict;
    }

    private void opened(String name) {
      openNames.merge(name, 1, Integer::sum);
    }

    private void closed(String name) {
      openNames.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }

    boolean isOpen(String name) {
      return openNames.containsKey(name);
    }

    private void write(Change change) {
      long end = change.position() < 0 ? 0 : change.position() + change.bytes().length;
      byte[] target = grown(bytes, end);
      bytes = target;
      size = apply(change, target, size);
      if (strict) {
        pending.add(change);
      }
    }

    private static byte[] grown(byte[] array, long end) {
      if (end <= array.length) {
        return array;
      }
      if (end > Integer.MAX_VALUE - 64) {
        throw StorageException.io("a file in memory holds at most 2 GB: bytes=" + end, null);
      }
      return Arrays.copyOf(
          array, (int) Math.min(Integer.MAX_VALUE - 64, Math.max(end, array.length * 2L)));
    }

    /** Applies a change to an array that is large enough, and returns the new size. */
    private static int apply(Change change, byte[] target, int size) {
      if (change.position() < 0) {
        int cut = (int) Math.min(size, -1 - change.position());
        Arrays.fill(target, cut, size, (byte) 0);
        return cut;
      }
      System.arraycopy(change.bytes(), 0, target, (int) change.position(), change.bytes().length);
      return (int) Math.max(size, change.position() + change.bytes().length);
    }

    private void sync() {
      for (Change change : pending) {
        durableBytes = grown(durableBytes, change.position() + change.bytes().length);
        durableSize = apply(change, durableBytes, durableSize);
      }
      pending.clear();
    }

    /**
     * Syncs what lies in a range, and all that was written where a write lies across its bounds.
     */
    private void sync(long from, long to) {
      List<Change> later = new ArrayList<>();
      List<Change> now = new ArrayList<>();
      for (Change change : pending) {
        long end = change.position() + change.bytes().length;
        if (change.position() < 0 || (change.position() < to && end > from)) {
          if (change.position() < from || end > to) {
            sync();
            return;
          }
          now.add(change);
        } else {
          later.add(change);
        }
      }
      pending.clear();
      pending.addAll(now);
      sync();
      pending.addAll(later);
    }

    /** A copy that nobody has open. */
    Content copy() {
      Content result = new Content(strict);
      result.bytes = bytes.clone();
      result.size = size;
      result.durableBytes = durableBytes.clone();
      result.durableSize = durableSize;
      result.pending.addAll(pending);
      return result;
    }

    /** A copy with all synced bytes and each other sector with the given probability. */
    Content survivor(RandomGenerator random, double keep, int sectorBytes) {
      byte[] kept = Arrays.copyOf(durableBytes, durableSize);
      int keptSize = durableSize;
      for (Change change : pending) {
        if (change.position() < 0) {
          if (random.nextDouble() < keep) {
            keptSize = apply(change, kept, keptSize);
          }
          continue;
        }
        int done = 0;
        while (done < change.bytes().length) {
          long position = change.position() + done;
          int length =
              (int) Math.min(change.bytes().length - done, sectorBytes - position % sectorBytes);
          if (random.nextDouble() < keep) {
            Change part =
                new Change(position, Arrays.copyOfRange(change.bytes(), done, done + length));
            kept = grown(kept, position + length);
            keptSize = apply(part, kept, keptSize);
          }
          done += length;
        }
      }
      Content result = new Content(true);
      result.bytes = kept;
      result.size = keptSize;
      result.durableBytes = kept.clone();
      result.durableSize = keptSize;
      return result;
    }
  }
}
