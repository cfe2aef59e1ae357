package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;

/** Where the records of a segment lie, for tests that damage them. */
public final class LogRecords {
  /**
   * A record.
   *
   * @param start position in the file
   * @param end position behind it
   * @param synced log offset that it says was synced
   */
  public record Part(
      int start, int end, long sequence, long synced, boolean isShort, boolean isCommit) {}

  private LogRecords() {}

  /** The records of an undamaged segment, given the bytes of its file. */
  public static List<Part> of(byte[] bytes) {
    long number = LogFormat.headerNumber(bytes);
    Before before =
        Before.first(Objects.requireNonNull(LogFormat.decodeHeader(bytes, number), "header"));
    List<Part> parts = new ArrayList<>();
    int at = LogFormat.HEADER_BYTES;
    RecordHeader record = RecordFormat.decode(bytes, at, bytes.length, at, before);
    while (record != null) {
      int end = at + record.totalBytes();
      parts.add(
          new Part(
              at,
              end,
              record.sequence(),
              record.synced(),
              record.headerBytes() == RecordFormat.SHORT_HEADER_BYTES,
              record.isCommit()));
      before = before.then(record);
      at = end;
      record = RecordFormat.decode(bytes, at, bytes.length, at, before);
    }
    return parts;
  }
}
