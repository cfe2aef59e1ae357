package org.facetdb.storage.tree.table;

import java.util.Arrays;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;

/** Reads, verifies and decompresses the blocks of a table. Stateless. */
final class StoredBlock {
  private static final byte[] NONE = {};

  private StoredBlock() {}

  /** Reads a block of a type, verifies it and returns its raw bytes. */
  static byte[] read(StorageFile file, TableFile table, BlockHandle handle, byte type) {
    byte[] stored = readStored(file, handle);
    return decode(stored, 0, stored.length, type, table, handle.position());
  }

  /** Reads a filter of either type. */
  static HashFilter readFilter(StorageFile file, TableFile table, BlockHandle handle) {
    byte[] stored = readStored(file, handle);
    byte type = stored[1] == TableFormat.FUSE_FILTER ? stored[1] : TableFormat.FILTER;
    byte[] raw = decode(stored, 0, stored.length, type, table, handle.position());
    return HashFilter.fromBytes(type, raw, table.place(), handle.position());
  }

  /** Reads an index block. */
  static BlockView readIndex(StorageFile file, TableFile table, BlockHandle handle) {
    BlockView block = new BlockView();
    block.reset(read(file, table, handle, TableFormat.INDEX));
    if (!block.isSound()) {
      throw TableFormat.damaged(
          table.place(), handle.position(), "a sound index block", "columns that do not fit");
    }
    return block;
  }

  private static byte[] readStored(StorageFile file, BlockHandle handle) {
    byte[] stored = new byte[handle.length()];
    file.readFully(handle.position(), stored, 0, stored.length);
    return stored;
  }

  /** Verifies the checksum and the header of a stored block of a known length. */
  static void verify(byte[] stored, int length, byte type, TableFile table, long position) {
    verify(stored, 0, length, type, table, position);
  }

  private static void verify(
      byte[] stored, int offset, int length, byte type, TableFile table, long position) {
    int payload = length - TableFormat.BLOCK_HEADER_BYTES;
    int storedLength = Bytes.getInt(stored, offset + 12);
    if (storedLength != payload) {
      throw TableFormat.damaged(
          table.place(), position + 12, payload + " stored bytes", storedLength + " stored bytes");
    }
    expect(
        table.place(),
        position + 16,
        TableFormat.blockCrc(table, position, stored, offset, payload),
        Bytes.getInt(stored, offset + 16));
    expectVersion(table, position, stored[offset]);
    if (stored[offset + 1] != type) {
      throw TableFormat.damaged(
          table.place(), position + 1, "block type " + type, "block type " + stored[offset + 1]);
    }
  }

  /** Verifies a stored block of a known length and returns its raw bytes. */
  static byte[] decode(
      byte[] stored, int offset, int length, byte type, TableFile table, long position) {
    return decode(stored, offset, length, type, table, position, NONE);
  }

  /**
   * As the other.
   *
   * @param room an array that the caller needs no more: it gets the raw bytes if there are as many
   */
  static byte[] decode(
      byte[] stored,
      int offset,
      int length,
      byte type,
      TableFile table,
      long position,
      byte[] room) {
    verify(stored, offset, length, type, table, position);
    int payload = length - TableFormat.BLOCK_HEADER_BYTES;
    int rawLength = Bytes.getInt(stored, offset + 8);
    int from = offset + TableFormat.BLOCK_HEADER_BYTES;
    byte compression = stored[offset + 2];
    if (!Compression.isKnown(compression, table.version())) {
      throw TableFormat.damaged(
          table.place(),
          position + 2,
          "a compression of version " + table.version(),
          "compression " + compression);
    }
    if (compression == Compression.NONE) {
      return Arrays.copyOfRange(stored, from, from + payload);
    }
    if (!Compression.isBounded(rawLength, payload)) {
      throw TableFormat.damaged(
          table.place(),
          position + 8,
          "raw bytes that " + payload + " stored ones can be",
          rawLength + " raw bytes");
    }
    byte[] raw = rawLength == room.length ? room : new byte[rawLength];
    if (!Compression.decompress(compression, stored, from, payload, raw)) {
      throw TableFormat.damaged(
          table.place(),
          position,
          Compression.name(compression) + " of " + rawLength + " bytes",
          payload + " bytes that are not");
    }
    if (Compression.isByPosition(compression) && !ColumnOrder.restore(raw)) {
      throw TableFormat.damaged(
          table.place(), position, "columns by byte position", "a block that has none");
    }
    return raw;
  }

  static void expect(String place, long offset, int computed, int stored) {
    if (computed != stored) {
      throw TableFormat.damaged(
          place,
          offset,
          "crc32c " + TableFormat.hex(stored),
          "crc32c " + TableFormat.hex(computed) + " of the bytes");
    }
  }

  /** All parts of a file have its version. */
  static void expectVersion(TableFile table, long offset, int version) {
    if (version != table.version()) {
      throw TableFormat.damaged(
          table.place(), offset, "format version " + table.version(), "format version " + version);
    }
  }
}
