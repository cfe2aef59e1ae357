package org.facetdb.storage.backup;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;

/** Lines of ASCII text that begin with a format's name and end with their checksum. Stateless. */
final class CheckedText {
  private static final String CRC = "crc ";

  private CheckedText() {}

  static String hex(int checksum) {
    return HexFormat.of().toHexDigits(checksum);
  }

  static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /** Adds the line with the checksum of all before it. */
  static String seal(String text) {
    return text + CRC + hex(checksum(text.getBytes(StandardCharsets.US_ASCII))) + "\n";
  }

  /**
   * The lines before the checksum.
   *
   * @throws StorageException category {@code CORRUPTION}; with SQLSTATE 0A000 if the checksum is
   *     right and the version is another one
   */
  static String[] open(String place, byte[] bytes, String magic, int version) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf(CRC);
    String sum =
        end < 0 ? "" : hex(checksum(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1)));
    if (end < 0 || !text.substring(end).equals(CRC + sum + "\n")) {
      throw StorageException.corruption(
          place,
          Math.max(0, end),
          "a checksum line" + (end < 0 ? "" : " " + sum),
          end < 0 ? "none" : text.substring(end).strip());
    }
    String[] lines = text.substring(0, end).split("\n");
    if (!lines[0].equals(magic + version)) {
      if (lines[0].matches(magic + "[0-9]{1,9}")) {
        int found = Integer.parseInt(lines[0].substring(magic.length()));
        throw StorageException.unknownFormat(place, 0, version, version, found);
      }
      throw StorageException.corruption(place, 0, magic + version, lines[0]);
    }
    return lines;
  }
}
