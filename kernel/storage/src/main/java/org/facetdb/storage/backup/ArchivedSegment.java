package org.facetdb.storage.backup;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.manifest.TreeState;

/**
 * What is known of one archived segment of the log. Immutable.
 *
 * <p>Stored as lines of ASCII text in {@code <number>.segment}, beside the segment's bytes in
 * {@code <number>.log}, the number as 16 hexadecimal digits:
 *
 * <pre>
 *  facetdb-archive 1
 *  segment NUMBER BASE END
 *  file LENGTH CRC32C
 *  keyspaces HEX
 *  crc CRC32C
 * </pre>
 *
 * @param base log offset of its first record
 * @param end log offset behind its last record
 * @param length bytes of the file
 * @param checksum CRC32C of them
 * @param keySpaces a state whose key spaces are those after the last commit, or later
 */
record ArchivedSegment(
    long number, long base, long end, long length, int checksum, TreeState keySpaces) {
  static final String SUFFIX = ".segment";
  private static final String MAGIC = "facetdb-archive ";
  private static final int VERSION = 1;

  static String fileName(long number) {
    return "%016x.log".formatted(number);
  }

  static String descriptorName(long number) {
    return "%016x%s".formatted(number, SUFFIX);
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(MAGIC).append(VERSION).append("\nsegment ");
    text.append(number).append(' ').append(base).append(' ').append(end).append("\nfile ");
    text.append(length).append(' ').append(CheckedText.hex(checksum)).append("\nkeyspaces ");
    text.append(HexFormat.of().formatHex(keySpaces.encodeKeySpaces())).append('\n');
    return CheckedText.seal(text.toString()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param place what messages call the file
   * @throws StorageException category {@code CORRUPTION} if the bytes are no such text
   */
  static ArchivedSegment decode(String place, byte[] bytes) {
    String[] lines = CheckedText.open(place, bytes, MAGIC, VERSION);
    try {
      String[] segment = lines[1].split(" ");
      String[] file = lines[2].split(" ");
      return new ArchivedSegment(
          Long.parseLong(segment[1]),
          Long.parseLong(segment[2]),
          Long.parseLong(segment[3]),
          Long.parseLong(file[1]),
          HexFormat.fromHexDigits(file[2]),
          TreeState.decodeKeySpaces(HexFormat.of().parseHex(lines[3].split(" ")[1])));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw StorageException.corruption(
          place, 0, "lines about a segment", String.valueOf(e.getMessage()));
    }
  }
}
