package org.facetdb.storage.staged;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.table.BlockedBloomFilter;
import org.jspecify.annotations.Nullable;

/**
 * Writes of a transaction in a file, with filter and index on the heap. Used by the transaction's
 * thread. Owns the file, which goes when the run is closed.
 */
final class SpillRun implements AutoCloseable {
  /** A key of a key space. */
  record Place(int keySpace, byte[] key) implements Comparable<Place> {
    static final Place NONE = new Place(0, new byte[0]);

    @Override
    public int compareTo(Place other) {
      int order = Integer.compareUnsigned(keySpace, other.keySpace);
      return order != 0 ? order : Arrays.compareUnsigned(key, other.key);
    }
  }

  /** A block and the key of its first write. */
  record Block(long position, int length, Place first) {
    private static final int HEAP_BYTES = 112;

    long heapBytes() {
      return HEAP_BYTES + first.key().length;
    }
  }

  /** The block that was read last to find a key, of any run of a transaction. */
  static final class LastBlock {
    private @Nullable SpillRun run;
    private int number;
    private byte[] bytes = {};
  }

  private final FileSystem files;
  private final String name;
  private final StorageFile file;
  private final LastBlock lastBlock;
  private final List<Block> blocks;
  private final Place last;
  private final BlockedBloomFilter filter;
  private final long heapBytes;
  private final long minStamp;
  private final long maxStamp;
  private boolean closed;

  SpillRun(
      FileSystem files,
      String name,
      StorageFile file,
      LastBlock lastBlock,
      List<Block> blocks,
      Place last,
      BlockedBloomFilter filter,
      long minStamp,
      long maxStamp) {
    this.files = files;
    this.name = name;
    this.file = file;
    this.lastBlock = lastBlock;
    this.blocks = blocks;
    this.last = last;
    this.filter = filter;
    this.minStamp = minStamp;
    this.maxStamp = maxStamp;
    this.heapBytes = blocks.stream().mapToLong(Block::heapBytes).sum() + filter.heapBytes();
  }

  /** Of index and filter. */
  long heapBytes() {
    return heapBytes;
  }

  long minStamp() {
    return minStamp;
  }

  long maxStamp() {
    return maxStamp;
  }

  boolean mayHold(int keySpace) {
    return Integer.compareUnsigned(blocks.getFirst().first().keySpace(), keySpace) <= 0
        && Integer.compareUnsigned(last.keySpace(), keySpace) >= 0;
  }

  /** The newest write of a key that is not undone; null if there is none here. */
  @Nullable StagedWrite find(int keySpace, byte[] key, UndoneStamps undone) {
    Place place = new Place(keySpace, key);
    if (blocks.getFirst().first().compareTo(place) > 0
        || last.compareTo(place) < 0
        || !filter.mayContain(Bytes.hash(keySpace, key, 0, key.length))) {
      return null;
    }
    Walk walk = new Walk(place, true);
    while (walk.isValid() && walk.place().compareTo(place) == 0) {
      if (!undone.contains(walk.stamp())) {
        return walk.write();
      }
      walk.next();
    }
    return null;
  }

  /** The writes from a place on. */
  Walk from(Place place) {
    return new Walk(place, false);
  }

  /** The last block that begins before a place, or the first one. */
  private int blockBefore(Place place) {
    int from = 0;
    int to = blocks.size() - 1;
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      if (blocks.get(middle).first().compareTo(place) < 0) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return from;
  }

  private byte[] read(int number) {
    Block block = blocks.get(number);
    byte[] bytes = new byte[block.length()];
    file.readFully(block.position(), bytes, 0, bytes.length);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 4, bytes.length - 4);
    int stored = Bytes.getInt(bytes, 0);
    if (stored != (int) crc.getValue()) {
      throw StorageException.corruption(
          files.describe(name),
          block.position(),
          "checksum " + Integer.toHexString(stored),
          "checksum " + Integer.toHexString((int) crc.getValue()));
    }
    return bytes;
  }

  private byte[] cached(int number) {
    if (lastBlock.run != this || lastBlock.number != number) {
      lastBlock.bytes = read(number);
      lastBlock.run = this;
      lastBlock.number = number;
    }
    return lastBlock.bytes;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      SpillSpace.discard(files, name, file);
    }
  }

  /** Walks writes in the file's order; stands on one from the start, if there is one. */
  final class Walk {
    private final boolean single;
    private int block;
    private byte[] bytes;
    private int next;
    private boolean valid;
    private Place place = Place.NONE;
    private long stamp;
    private long mask;
    private boolean removal;
    private int valueOffset;
    private int valueLength;

    /**
     * @param single whether one key alone is wanted, whose block may be wanted again
     */
    private Walk(Place start, boolean single) {
      this.single = single;
      this.block = blockBefore(start);
      this.bytes = load(block);
      this.next = SpillFormat.BLOCK_HEADER_BYTES;
      next();
      while (valid && place.compareTo(start) < 0) {
        next();
      }
    }

    private byte[] load(int number) {
      if (closed) {
        throw new StorageException(
            "25000", StorageException.Category.USER, "the transaction has ended");
      }
      return single ? cached(number) : read(number);
    }

    boolean isValid() {
      return valid;
    }

    /** The key, an array of the caller's. */
    Place place() {
      return place;
    }

    long stamp() {
      return stamp;
    }

    StagedWrite write() {
      byte[] value =
          removal ? null : Arrays.copyOfRange(bytes, valueOffset, valueOffset + valueLength);
      return new StagedWrite(value, mask, stamp, null);
    }

    void next() {
      if (next >= bytes.length) {
        if (block + 1 >= blocks.size()) {
          valid = false;
          return;
        }
        bytes = load(++block);
        next = SpillFormat.BLOCK_HEADER_BYTES;
      }
      int keySpace = (int) readVarlong();
      stamp = readVarlong();
      int flags = bytes[next++];
      mask = Transaction.ALL_COLUMNS;
      if ((flags & SpillFormat.HAS_MASK) != 0) {
        mask = Bytes.getLong(bytes, next);
        next += 8;
      }
      int keyLength = (int) readVarlong();
      removal = (flags & SpillFormat.HAS_VALUE) == 0;
      valueLength = removal ? 0 : (int) readVarlong();
      place = new Place(keySpace, Arrays.copyOfRange(bytes, next, next + keyLength));
      valueOffset = next + keyLength;
      next = valueOffset + valueLength;
      valid = true;
    }

    private long readVarlong() {
      long value = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[next++];
        value |= (long) (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      return value;
    }
  }
}
