package org.facetdb.storage.backup;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;

/**
 * What makes up one backup. Immutable.
 *
 * <p>Stored as lines of ASCII text, fields with one space between them, checksums as 8 hexadecimal
 * digits; the last line is a CRC32C over all bytes before it:
 *
 * <pre>
 *  facetdb-backup 1
 *  commit SEQUENCE TIMESTAMP
 *  directory PATH
 *  file LENGTH CRC32C COPY PATH
 *  crc CRC32C
 * </pre>
 *
 * <p>A path is a name in the store, a copy a name in the folder {@code files} of the backup.
 *
 * @param sequence of the last commit
 * @param timestamp of the last commit
 * @param directories to be made, parents first
 * @param files in the order of their restore
 */
record Descriptor(long sequence, long timestamp, List<String> directories, List<Entry> files) {
  private static final int VERSION = 1;
  private static final String MAGIC = "facetdb-backup ";
  private static final String CRC = "crc ";

  /**
   * A file of the store and where its bytes are.
   *
   * @param checksum CRC32C of all bytes
   */
  record Entry(String path, String copy, long length, int checksum) {}

  Descriptor {
    directories = List.copyOf(directories);
    files = List.copyOf(files);
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(MAGIC).append(VERSION).append('\n');
    text.append("commit ").append(sequence).append(' ').append(timestamp).append('\n');
    directories.forEach(path -> text.append("directory ").append(path).append('\n'));
    for (Entry file : files) {
      text.append("file ").append(file.length()).append(' ').append(hex(file.checksum()));
      text.append(' ').append(file.copy()).append(' ').append(file.path()).append('\n');
    }
    byte[] body = text.toString().getBytes(StandardCharsets.US_ASCII);
    text.append(CRC).append(hex(checksum(body))).append('\n');
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param place what messages call the file
   * @throws StorageException category {@code CORRUPTION} if the bytes are not those of a descriptor
   */
  static Descriptor decode(String place, byte[] bytes) {
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
    if (!lines[0].equals(MAGIC + VERSION)) {
      throw StorageException.corruption(place, 0, MAGIC + VERSION, lines[0]);
    }
    try {
      return decode(lines);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw StorageException.corruption(
          place, 0, "lines of a descriptor", String.valueOf(e.getMessage()));
    }
  }

  private static Descriptor decode(String[] lines) {
    List<String> directories = new ArrayList<>();
    List<Entry> files = new ArrayList<>();
    String[] commit = lines[1].split(" ");
    for (int i = 2; i < lines.length; i++) {
      String[] fields = lines[i].split(" ");
      switch (fields[0]) {
        case "directory" -> directories.add(fields[1]);
        case "file" ->
            files.add(
                new Entry(
                    fields[4],
                    fields[3],
                    Long.parseLong(fields[1]),
                    HexFormat.fromHexDigits(fields[2])));
        default -> throw new IllegalArgumentException("unknown line: " + lines[i]);
      }
    }
    return new Descriptor(Long.parseLong(commit[1]), Long.parseLong(commit[2]), directories, files);
  }

  static String hex(int checksum) {
    return HexFormat.of().toHexDigits(checksum);
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}
