package org.facetdb.storage.tree.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;

/**
 * Append-only bytes that hold the keys and versions of a memtable, addressed by 32-bit references.
 *
 * <p>One writer. A reader may use a reference that it got through an acquiring load of a place to
 * which the writer stored it with release: what the reference names was written before and never
 * changes. Chunks are not reused, so arrays handed out stay as they are.
 *
 * <pre>
 *  reference = chunk:12 | position:20
 *  key       = length:4 | bytes
 *  version   = begin:8 | previous version's reference:4, 0 none | length:4, -1 removal | value
 * </pre>
 */
final class VersionArena {
  private static final int POSITION_BITS = 20;
  private static final int POSITION_MASK = (1 << POSITION_BITS) - 1;
  private static final int CHUNK_BYTES = 1 << POSITION_BITS;
  private static final int FIRST_CHUNK_BYTES = 1 << 13;
  private static final int CHUNKS_MAX = 1 << (32 - POSITION_BITS);
  private static final int VERSION_BYTES = 16;

  private static final VarHandle CHUNKS;

  static {
    try {
      CHUNKS = MethodHandles.lookup().findVarHandle(VersionArena.class, "chunks", byte[][].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private byte[][] chunks = {new byte[FIRST_CHUNK_BYTES]};
  private int count = 1;
  // Reference 0 stands for none, so nothing starts there.
  private int position = 8;
  private long bytes = FIRST_CHUNK_BYTES;

  long bytes() {
    return bytes;
  }

  int addKey(byte[] key, int offset, int length) {
    int reference = allocate(4 + length);
    byte[] chunk = chunk(reference);
    int at = reference & POSITION_MASK;
    Bytes.putInt(chunk, at, length);
    System.arraycopy(key, offset, chunk, at + 4, length);
    return reference;
  }

  int addVersion(long begin, int previous, boolean deleted, byte[] value, int offset, int length) {
    int reference = allocate(VERSION_BYTES + length);
    byte[] chunk = chunk(reference);
    int at = reference & POSITION_MASK;
    Bytes.putLong(chunk, at, begin);
    Bytes.putInt(chunk, at + 8, previous);
    Bytes.putInt(chunk, at + 12, deleted ? -1 : length);
    System.arraycopy(value, offset, chunk, at + VERSION_BYTES, length);
    return reference;
  }

  private int allocate(int length) {
    if (length > chunks[count - 1].length - position) {
      addChunk(length);
    }
    int reference = ((count - 1) << POSITION_BITS) | position;
    position += length;
    return reference;
  }

  private void addChunk(int length) {
    if (count == CHUNKS_MAX) {
      throw new StorageException(
          "53200", StorageException.Category.RESOURCE, "a memtable is full: chunks=" + count);
    }
    int size = count < 4 ? FIRST_CHUNK_BYTES << (2 * count) : CHUNK_BYTES;
    byte[] chunk = new byte[Math.max(length, size)];
    if (count == chunks.length) {
      CHUNKS.setRelease(this, Arrays.copyOf(chunks, count * 2));
    }
    chunks[count] = chunk;
    count++;
    position = 0;
    bytes += chunk.length;
  }

  byte[] chunk(int reference) {
    // Not a plain load: it may meet an array that the writer made after the reference was stored.
    byte[][] known = (byte[][]) CHUNKS.getAcquire(this);
    return known[reference >>> POSITION_BITS];
  }

  int keyOffset(int key) {
    return (key & POSITION_MASK) + 4;
  }

  int keyLength(int key) {
    return Bytes.getInt(chunk(key), key & POSITION_MASK);
  }

  long begin(int version) {
    return Bytes.getLong(chunk(version), version & POSITION_MASK);
  }

  int previous(int version) {
    return Bytes.getInt(chunk(version), (version & POSITION_MASK) + 8);
  }

  boolean deleted(int version) {
    return Bytes.getInt(chunk(version), (version & POSITION_MASK) + 12) < 0;
  }

  int valueOffset(int version) {
    return (version & POSITION_MASK) + VERSION_BYTES;
  }

  int valueLength(int version) {
    return Math.max(0, Bytes.getInt(chunk(version), (version & POSITION_MASK) + 12));
  }
}
