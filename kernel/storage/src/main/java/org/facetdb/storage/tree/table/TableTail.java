package org.facetdb.storage.tree.table;

import java.util.List;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What opening a table reads and verifies: header, footer and directory; filter and index too where
 * the table's version has no parts. Immutable.
 *
 * @param table what the blocks are verified against
 * @param parts where the parts lie
 * @param whole index and filter of a table without parts, else null
 */
record TableTail(TableFile table, TableParts parts, @Nullable Whole whole) {
  private static final int FILTER_AT = 12;

  /**
   * What a table without parts has.
   *
   * @param index where the data blocks lie
   * @param filter over the user keys
   */
  record Whole(TableIndex index, HashFilter filter) {}

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
    StoredBlock.expect(
        place, footerAt + 36, TableFormat.crc(footer, 0, 36), Bytes.getInt(footer, 36));
    StoredBlock.expectVersion(table, footerAt + 32, Bytes.getInt(footer, 32));
    BlockHandle handle = BlockHandle.of(footer, 0, place, footerAt);
    byte[] raw = StoredBlock.read(file, table, handle, TableFormat.DIRECTORY);
    TableDirectory directory = new TableDirectory(raw, place, handle.position(), footerAt);
    TableTail tail;
    if (table.version() >= TableFormat.PARTS_VERSION) {
      tail = new TableTail(table, directory.parts(), null);
    } else {
      BlockHandle filter = BlockHandle.of(footer, FILTER_AT, place, footerAt);
      Whole whole = readWhole(file, table, directory, filter);
      tail = new TableTail(table, TableParts.whole(whole.index), whole);
    }
    TableInfo found = directory.info(info);
    if (!found.equals(info)) {
      throw TableFormat.damaged(place, handle.position(), info.toString(), found.toString());
    }
    return tail;
  }

  private static Whole readWhole(
      StorageFile file, TableFile table, TableDirectory directory, BlockHandle filter) {
    HashFilter keys = StoredBlock.readFilter(file, table, filter);
    List<BlockView> blocks =
        directory.indexBlocks().stream()
            .map(handle -> StoredBlock.readIndex(file, table, handle))
            .toList();
    return new Whole(new TableIndex(blocks, table.place(), filter.position()), keys);
  }

  /** The version of the file. */
  private static int readHeader(StorageFile file, String place, TableInfo info) {
    byte[] header = new byte[TableFormat.HEADER_BYTES];
    file.readFully(0, header, 0, header.length);
    if (Bytes.getLong(header, 0) != TableFormat.HEADER_MAGIC) {
      throw TableFormat.damaged(place, 0, "FACETSST", text(header, 0));
    }
    StoredBlock.expect(place, 28, TableFormat.crc(header, 0, 28), Bytes.getInt(header, 28));
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

  private static String text(byte[] bytes, int at) {
    return Long.toHexString(Long.reverseBytes(Bytes.getLong(bytes, at)));
  }
}
