package org.facetdb.storage.backup;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.Timeline;

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

  Timeline.Commit last() {
    return new Timeline.Commit(sequence, timestamp);
  }

  byte[] encode() {
    StringBuilder text = new StringBuilder(MAGIC).append(VERSION).append('\n');
    text.append("commit ").append(sequence).append(' ').append(timestamp).append('\n');
    directories.forEach(path -> text.append("directory ").append(path).append('\n'));
    for (Entry file : files) {
      text.append("file ").append(file.length()).append(' ');
      text.append(CheckedText.hex(file.checksum())).append(' ');
      text.append(file.copy()).append(' ').append(file.path()).append('\n');
    }
    return CheckedText.seal(text.toString()).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param place what messages call the file
   * @throws StorageException category {@code CORRUPTION} if the bytes are not those of a descriptor
   */
  static Descriptor decode(String place, byte[] bytes) {
    String[] lines = CheckedText.open(place, bytes, MAGIC, VERSION);
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
}
