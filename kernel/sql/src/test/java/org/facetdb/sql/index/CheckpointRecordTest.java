package org.facetdb.sql.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Position;
import org.junit.jupiter.api.Test;

class CheckpointRecordTest {
  private static final CheckpointRecord RECORD =
      new CheckpointRecord(
          7,
          2,
          "0.2.0",
          new Position(12, 345),
          99,
          new byte[] {1, 2, 3},
          List.of(
              new CheckpointRecord.StoredFile("_0.cfs", 1L << 33, 0xdeadbeef),
              new CheckpointRecord.StoredFile("ends_1", 0, 0)));

  @Test
  void readsWhatItWrote() {
    CheckpointRecord read = CheckpointRecord.decode(RECORD.encode());
    assertEquals(RECORD.generation(), read.generation());
    assertEquals(RECORD.format(), read.format());
    assertEquals(RECORD.extensionVersion(), read.extensionVersion());
    assertEquals(RECORD.position(), read.position());
    assertEquals(RECORD.coversFrom(), read.coversFrom());
    assertArrayEquals(RECORD.state(), read.state());
    assertEquals(RECORD.files(), read.files());
  }

  @Test
  void refusesEveryTruncation() {
    byte[] bytes = RECORD.encode();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      DatabaseException e =
          assertThrows(DatabaseException.class, () -> CheckpointRecord.decode(cut));
      assertEquals(DatabaseException.Category.CORRUPTION, e.category(), "length=" + length);
    }
  }

  @Test
  void refusesAnUnknownVersion() {
    byte[] bytes = RECORD.encode();
    bytes[0] = 9;
    assertEquals(
        "XX001",
        assertThrows(DatabaseException.class, () -> CheckpointRecord.decode(bytes)).sqlState());
  }
}
