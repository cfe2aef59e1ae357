package org.facetdb.sql.row;

import java.util.Arrays;
import org.facetdb.spi.type.KeyWriter;

/**
 * Entries of secondary indexes.
 *
 * <pre>
 *                 key                        value (little-endian)
 * not unique   +---------+---------+      +-------------+
 * or with NULL | columns | row key |      | L = u16     |
 *              +---------+---------+      +-------------+
 *               <-- L --->
 * unique       +---------+                +-------------+---------+
 *              | columns |                | L = u16     | row key |
 *              +---------+                +-------------+---------+
 * </pre>
 *
 * The row key is what follows L bytes of the key or, where nothing does, what follows L in the
 * value. Worked example: row key {@code 80 00 00 07} under a unique key {@code 01 61 00} has the
 * value {@code 03 00 80 00 00 07}.
 */
public final class IndexEntries {
  private static final int HEADER = 2;

  private IndexEntries() {}

  /** Makes the key in {@code columns} one of a non-unique entry, and returns the entry's value. */
  public static byte[] appendRowKey(KeyWriter columns, byte[] rowKey) {
    byte[] value = header(columns.length(), 0);
    columns.writeBytes(rowKey, 0, rowKey.length);
    return value;
  }

  /** The value of a unique entry. */
  public static byte[] uniqueValue(int columnsLength, byte[] rowKey) {
    byte[] value = header(columnsLength, rowKey.length);
    System.arraycopy(rowKey, 0, value, HEADER, rowKey.length);
    return value;
  }

  private static byte[] header(int columnsLength, int extra) {
    byte[] value = new byte[HEADER + extra];
    value[0] = (byte) columnsLength;
    value[1] = (byte) (columnsLength >>> 8);
    return value;
  }

  /** The row key of an entry. */
  public static byte[] rowKey(
      byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
    int prefix = (value[valueOffset] & 0xff) | (value[valueOffset + 1] & 0xff) << 8;
    return prefix < keyLength
        ? Arrays.copyOfRange(key, keyOffset + prefix, keyOffset + keyLength)
        : Arrays.copyOfRange(value, valueOffset + HEADER, valueOffset + valueLength);
  }
}
