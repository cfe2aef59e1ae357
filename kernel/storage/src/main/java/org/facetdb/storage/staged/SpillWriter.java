package org.facetdb.storage.staged;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.table.BlockedBloomFilter;

/**
 * Writes one file of spilled writes in order. Used by one thread. Owns the file until {@link
 * #finish}; closing before deletes it.
 */
final class SpillWriter implements AutoCloseable {
  private static final int BLOCK_BYTES = 32 << 10;

  private final FileSystem files;
  private final String name;
  private final StorageFile file;
  private final List<SpillRun.Block> blocks = new ArrayList<>();
  private byte[] buffer = new byte[BLOCK_BYTES];
  private int buffered = SpillFormat.BLOCK_HEADER_BYTES;
  private long position;
  private SpillRun.Place first = SpillRun.Place.NONE;
  private SpillRun.Place last = SpillRun.Place.NONE;
  private long[] hashes = new long[1024];
  private int keys;
  private long minStamp = Long.MAX_VALUE;
  private long maxStamp;
  private boolean finished;

  SpillWriter(SpillSpace space) {
    this.files = space.files();
    this.name = space.nextName();
    this.file = files.open(name, FileSystem.Mode.CREATE);
  }

  /** Adds a write, and those that it replaced and that are still asked for. */
  void add(int keySpace, byte[] key, StagedWrite newest) {
    if (keys == hashes.length) {
      hashes = Arrays.copyOf(hashes, keys * 2);
    }
    hashes[keys++] = Bytes.hash(keySpace, key, 0, key.length);
    last = new SpillRun.Place(keySpace, key);
    StagedWrite write = newest;
    while (write != null) {
      addVersion(write);
      write = write.older();
    }
  }

  private void addVersion(StagedWrite write) {
    byte[] key = last.key();
    byte[] value = write.value();
    int valueLength = value == null ? 0 : value.length;
    long needed = (long) buffered + SpillFormat.OVERHEAD_MAX + key.length + valueLength;
    if (needed > buffer.length && buffered > SpillFormat.BLOCK_HEADER_BYTES) {
      cutBlock();
      needed = (long) buffered + SpillFormat.OVERHEAD_MAX + key.length + valueLength;
    }
    if (needed > buffer.length) {
      buffer = new byte[Math.toIntExact(needed)];
    }
    if (buffered == SpillFormat.BLOCK_HEADER_BYTES) {
      first = last;
    }
    int at = WriteBatch.putVarlong(buffer, buffered, Integer.toUnsignedLong(last.keySpace()));
    at = WriteBatch.putVarlong(buffer, at, write.stamp());
    int flags = SpillFormat.flags(value, write.changedColumns());
    buffer[at++] = (byte) flags;
    if ((flags & SpillFormat.HAS_MASK) != 0) {
      Bytes.putLong(buffer, at, write.changedColumns());
      at += 8;
    }
    at = WriteBatch.putVarlong(buffer, at, key.length);
    if (value != null) {
      at = WriteBatch.putVarlong(buffer, at, valueLength);
    }
    System.arraycopy(key, 0, buffer, at, key.length);
    at += key.length;
    if (value != null) {
      System.arraycopy(value, 0, buffer, at, valueLength);
    }
    buffered = at + valueLength;
    minStamp = Math.min(minStamp, write.stamp());
    maxStamp = Math.max(maxStamp, write.stamp());
  }

  private void cutBlock() {
    int length = buffered - SpillFormat.BLOCK_HEADER_BYTES;
    Bytes.putInt(buffer, 4, length);
    CRC32C crc = new CRC32C();
    crc.update(buffer, 4, buffered - 4);
    Bytes.putInt(buffer, 0, (int) crc.getValue());
    file.write(position, buffer, 0, buffered);
    blocks.add(new SpillRun.Block(position, buffered, first));
    position += buffered;
    if (buffer.length > BLOCK_BYTES) {
      buffer = new byte[BLOCK_BYTES];
    }
    buffered = SpillFormat.BLOCK_HEADER_BYTES;
  }

  /** Completes the file, which need not outlive the process. */
  SpillRun finish(SpillRun.LastBlock lastBlock) {
    cutBlock();
    finished = true;
    return new SpillRun(
        files,
        name,
        file,
        lastBlock,
        List.copyOf(blocks),
        last,
        BlockedBloomFilter.build(hashes, keys),
        minStamp,
        maxStamp);
  }

  @Override
  public void close() {
    if (!finished) {
      SpillSpace.discard(files, name, file);
    }
  }
}
