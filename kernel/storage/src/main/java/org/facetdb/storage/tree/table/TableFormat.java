package org.facetdb.storage.tree.table;

import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;

/**
 * Layout of an sstable. All numbers are little-endian; every part carries a CRC32C.
 *
 * <pre>
 *  file = header | data block ... | part ... | directory block | footer
 *  part = filter block | index block
 *
 *  header (32 bytes)
 *   0        8         10      12     16          24        28
 *  +--------+---------+-------+------+-----------+---------+-------+
 *  | magic  | version | 0     | kind | number    | key id  | crc   |
 *  +--------+---------+-------+------+-----------+---------+-------+
 *  magic "FACETSST"; kind 1 = current, 2 = history; number = the file's; key id 0 = not encrypted;
 *  crc over bytes 0 to 27
 *
 *  block (20 bytes before its payload)
 *   0         1      2             3   4        8            12              16
 *  +---------+------+-------------+---+--------+------------+---------------+-------+---------+
 *  | version | type | compression | 0 | key id | raw length | stored length | crc   | payload |
 *  +---------+------+-------------+---+--------+------------+---------------+-------+---------+
 *  type 1 = data, 2 = index, 3 = Bloom filter, 4 = directory, 5 = fuse filter (from version 2 on);
 *  compression 0 = none, 1 = LZ4, 2 = LZ4 of columns by byte position (from version 4 on),
 *  3 = zstd frame, 4 = zstd frame of columns by byte position (both from version 5 on, data alone);
 *  raw length is at most 255 times the stored one;
 *  crc over the table's number:8, the block's position in the file:8, bytes 0 to 15 of the block and
 *  the payload as stored, so that a block holds at its place alone; until version 2 without the
 *  first two
 *
 *  data and index blocks, raw: see {@link BlockView}. An index block has an entry for each data
 *  block of its part: its first key and begin, and as value a handle.
 *  filter, raw: over exactly the keys of the part's data blocks, see {@link BlockedBloomFilter} and
 *               {@link BinaryFuseFilter}
 *  directory, raw: count of parts:4 | each of them | entries:8 | removals:8 |
 *                  minimal begin:8 | maximal begin:8 | maximal end:8 | smallest key | largest key
 *  part's entry = index block:12 | filter block:12 | count of data blocks:4 | first begin:8 |
 *                 first key
 *  key = key space:4 | length:4 | bytes
 *
 *  handle (12 bytes) = position in the file:8 | length with the block's header:4
 *
 *  footer (48 bytes)
 *   0           12             24    28       32        36      40
 *  +-----------+--------------+-----+--------+---------+-------+---------+
 *  | directory | filter       | 0   | key id | version | crc   | magic   |
 *  +-----------+--------------+-----+--------+---------+-------+---------+
 *  handle of the directory, and until version 5 of the filter, 0 since; crc over bytes 0 to 35;
 *  magic "FACETEND"
 *
 *  until version 5, of which a table is one part:
 *  file = header | data block ... | filter block | index block ... | directory block | footer
 *  directory, raw: count of index blocks:4 | handle of each | entries:8 and what follows as above
 * </pre>
 */
public final class TableFormat {
  /**
   * What is written. Version 1, which had no fuse filters, 2, whose blocks did not say where they
   * belong, 3, whose columns were compressed as they lie, 4, which had no zstd, and 5, which had no
   * parts, are read as well.
   */
  static final int VERSION = 6;

  private static final int OLDEST_VERSION = 1;
  private static final int PLACED_VERSION = 3;

  /** From this version on a table has parts. */
  static final int PARTS_VERSION = 6;

  static final long HEADER_MAGIC = magic("FACETSST");
  static final long FOOTER_MAGIC = magic("FACETEND");
  static final int HEADER_BYTES = 32;
  static final int BLOCK_HEADER_BYTES = 20;
  static final int FOOTER_BYTES = 48;
  static final int KEY_ID_NONE = 0;

  static final byte DATA = 1;
  static final byte INDEX = 2;
  static final byte FILTER = 3;
  static final byte DIRECTORY = 4;
  static final byte FUSE_FILTER = 5;

  /** Directory of the tables, and what their names end with. */
  public static final String TABLES = "tables";

  public static final String SUFFIX = ".sst";

  private TableFormat() {}

  /** Refuses a version that is not known; its checksum has been found right. */
  static void requireKnown(String place, long offset, int version) {
    if (version < OLDEST_VERSION || version > VERSION) {
      throw StorageException.unknownFormat(place, offset, OLDEST_VERSION, VERSION, version);
    }
  }

  /** Name of a table's file in the store. */
  public static String fileName(long number) {
    return "%s/%010d%s".formatted(TABLES, number, SUFFIX);
  }

  private static long magic(String text) {
    long magic = 0;
    for (int i = 7; i >= 0; i--) {
      magic = (magic << 8) | text.charAt(i);
    }
    return magic;
  }

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /**
   * Checksum of a block.
   *
   * @param offset where the block lies in the array
   * @param position where it lies in its file
   */
  static int blockCrc(TableFile table, long position, byte[] bytes, int offset, int storedLength) {
    CRC32C crc = new CRC32C();
    if (table.version() >= PLACED_VERSION) {
      byte[] belongs = new byte[16];
      Bytes.putLong(belongs, 0, table.number());
      Bytes.putLong(belongs, 8, position);
      crc.update(belongs, 0, belongs.length);
    }
    crc.update(bytes, offset, BLOCK_HEADER_BYTES - 4);
    crc.update(bytes, offset + BLOCK_HEADER_BYTES, storedLength);
    return (int) crc.getValue();
  }

  static StorageException damaged(String file, long offset, String expected, String found) {
    return StorageException.corruption(file, offset, expected, found);
  }

  static String hex(int value) {
    return "0x" + HexFormat.of().toHexDigits(value);
  }
}
