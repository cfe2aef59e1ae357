package org.facetdb.storage.tree.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.SpaceKey;

/**
 * What opening a table reads and verifies: header, footer, directory, filter and index. Immutable.
 *
 * @param table what the data blocks are verified against
 * @param index where the data blocks lie
 * @param filter over the user keys
 */
record TableTail(TableFile table, TableIndex index, HashFilter filter) {
  private static final int FILTER_AT = 12;

  /** Reads the parts, and compares them with what the manifest says of the table. */
  static TableTail read(StorageFile file, String place, TableInfo info) {
    long size = file.size();
    if (size != info.bytes()) {
      throw TableFormat.damaged(place, size, info.bytes() + " bytes", size + " bytes");
    }
    TableFile table = new TableFile(place, info.number(), readHeader(file, place, info));
    byte[] footer = new byte[TableFormat.FOOTER_BYTES];
    long footerAt = size - footer.length;
    file.readFully(footerAt, footer, 0, footer.length);
    if (Bytes.getLong(footer, 40) != TableFormat.FOOTER_MAGIC) {
      throw TableFormat.damaged(place, footerAt + 40, "FACETEND", text(footer, 40));
    }
    expect(place, footerAt + 36, TableFormat.crc(footer, 0, 36), Bytes.getInt(footer, 36));
    expectVersion(table, footerAt + 32, Bytes.getInt(footer, 32));
    byte[] directory = readBlock(file, table, footer, 0, TableFormat.DIRECTORY, footerAt);
    HashFilter filter = readFilter(file, table, footer, footerAt);
    long directoryAt = Bytes.getLong(footer, 0);
    List<BlockView> blocks = new ArrayList<>();
    int count = Bytes.getInt(directory, 0);
    int at = 4;
    for (int i = 0; i < count; i++) {
      BlockView block = new BlockView();
      block.reset(readBlock(file, table, directory, at, TableFormat.INDEX, footerAt));
      if (!block.isSound()) {
        throw TableFormat.damaged(
            place, Bytes.getLong(directory, at), "a sound index block", "columns that do not fit");
      }
      blocks.add(block);
      at += TableFormat.HANDLE_BYTES;
    }
    TableInfo found = readInfo(directory, at, info, size);
    if (!found.equals(info)) {
      throw TableFormat.damaged(place, directoryAt, info.toString(), found.toString());
    }
    return new TableTail(table, new TableIndex(blocks), filter);
  }

  /** The version of the file. */
  private static int readHeader(StorageFile file, String place, TableInfo info) {
    byte[] header = new byte[TableFormat.HEADER_BYTES];
    file.readFully(0, header, 0, header.length);
    if (Bytes.getLong(header, 0) != TableFormat.HEADER_MAGIC) {
      throw TableFormat.damaged(place, 0, "FACETSST", text(header, 0));
    }
    expect(place, 28, TableFormat.crc(header, 0, 28), Bytes.getInt(header, 28));
    int version = Bytes.getUnsignedShort(header, 8);
    TableFormat.requireKnown(place, 8, version);
    if (Bytes.getInt(header, 12) != info.kind().code()) {
      throw TableFormat.damaged(
          place, 12, "kind " + info.kind().code(), "kind " + Bytes.getInt(header, 12));
    }
    if (Bytes.getLong(header, 16) != info.number()) {
      throw TableFormat.damaged(
          place, 16, "file " + info.number(), "file " + Bytes.getLong(header, 16));
    }
    return version;
  }

  private static TableInfo readInfo(byte[] directory, int start, TableInfo info, long size) {
    long[] numbers = new long[5];
    int at = start;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Bytes.getLong(directory, at);
      at += 8;
    }
    SpaceKey[] bounds = new SpaceKey[2];
    for (int i = 0; i < bounds.length; i++) {
      int length = Bytes.getInt(directory, at + 4);
      bounds[i] =
          new SpaceKey(
              Bytes.getInt(directory, at), Arrays.copyOfRange(directory, at + 8, at + 8 + length));
      at += 8 + length;
    }
    return new TableInfo(
        info.number(),
        info.kind(),
        size,
        numbers[0],
        numbers[1],
        bounds[0],
        bounds[1],
        numbers[2],
        numbers[3],
        numbers[4]);
  }

  private static HashFilter readFilter(
      StorageFile file, TableFile table, byte[] footer, long footerAt) {
    byte[] stored = readStored(file, table.place(), footer, FILTER_AT, footerAt);
    long position = Bytes.getLong(footer, FILTER_AT);
    byte type = stored[1] == TableFormat.FUSE_FILTER ? stored[1] : TableFormat.FILTER;
    byte[] raw = decode(stored, 0, stored.length, type, table, position);
    return HashFilter.fromBytes(type, raw, table.place(), position);
  }

  private static byte[] readBlock(
      StorageFile file, TableFile table, byte[] handles, int at, byte type, long limit) {
    byte[] stored = readStored(file, table.place(), handles, at, limit);
    return decode(stored, 0, stored.length, type, table, Bytes.getLong(handles, at));
  }

  private static byte[] readStored(
      StorageFile file, String place, byte[] handles, int at, long limit) {
    long position = Bytes.getLong(handles, at);
    int length = Bytes.getInt(handles, at + 8);
    if (position < TableFormat.HEADER_BYTES
        || length < TableFormat.BLOCK_HEADER_BYTES
        || position + length > limit) {
      throw TableFormat.damaged(
          place, limit, "a block before offset " + limit, "offset " + position + "+" + length);
    }
    byte[] stored = new byte[length];
    file.readFully(position, stored, 0, length);
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
    byte[] raw = new byte[rawLength];
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

  private static void expect(String place, long offset, int computed, int stored) {
    if (computed != stored) {
      throw TableFormat.damaged(
          place,
          offset,
          "crc32c " + TableFormat.hex(stored),
          "crc32c " + TableFormat.hex(computed) + " of the bytes");
    }
  }

  /** All parts of a file have its version. */
  private static void expectVersion(TableFile table, long offset, int version) {
    if (version != table.version()) {
      throw TableFormat.damaged(
          table.place(), offset, "format version " + table.version(), "format version " + version);
    }
  }

  private static String text(byte[] bytes, int at) {
    return Long.toHexString(Long.reverseBytes(Bytes.getLong(bytes, at)));
  }
}
