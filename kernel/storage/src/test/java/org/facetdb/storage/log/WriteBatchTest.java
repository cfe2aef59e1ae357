package org.facetdb.storage.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;

/** The rows of a commit, encoded and walked. */
class WriteBatchTest {
  private record Row(
      int keySpace,
      byte[] key,
      byte[] value,
      boolean delete,
      long mask,
      int origin,
      long previous) {}

  private static Row row(Random random) {
    byte[] key = new byte[random.nextInt(random.nextInt(10) == 0 ? 1_000 : 40)];
    byte[] value = new byte[random.nextInt(random.nextInt(10) == 0 ? 40_000 : 200)];
    random.nextBytes(key);
    random.nextBytes(value);
    boolean delete = random.nextInt(4) == 0;
    return new Row(
        random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(5),
        key,
        delete ? new byte[0] : value,
        delete,
        delete || random.nextBoolean() ? -1 : random.nextLong(),
        random.nextInt(3) == 0 ? random.nextInt() : 0,
        random.nextBoolean() ? 0 : random.nextLong());
  }

  private static void assertRows(List<Row> expected, WriteBatch batch) {
    WriteBatch.Rows rows = batch.rows();
    for (Row row : expected) {
      assertTrue(rows.next());
      assertEquals(row.keySpace, rows.keySpace());
      assertArrayEquals(row.key, rows.key());
      assertArrayEquals(row.value, rows.value());
      assertEquals(row.delete, rows.isDelete());
      assertEquals(row.mask, rows.changedColumns());
      assertEquals(row.origin, rows.origin());
      assertEquals(row.previous, rows.previousTimestamp());
    }
    assertFalse(rows.next());
    assertEquals(expected.size(), batch.count());
  }

  @Test
  void rowsAreReadAsTheyWereWritten() {
    Random random = new Random(Seeds.next(WriteBatchTest.class));
    for (int round = 0; round < 300; round++) {
      List<Row> expected = new ArrayList<>();
      WriteBatch batch = new WriteBatch(random.nextInt(100));
      for (int i = random.nextInt(30); i >= 0; i--) {
        Row row = row(random);
        expected.add(row);
        if (row.delete) {
          batch.delete(row.keySpace, row.key, row.origin);
        } else {
          batch.put(row.keySpace, row.key, row.value, row.mask, row.origin);
        }
      }
      WriteBatch.Rows rows = batch.rows();
      for (Row row : expected) {
        assertTrue(rows.next());
        rows.setPrevious(row.previous);
      }
      assertRows(expected, batch);
      int before = batch.byteLength();
      batch.compact();
      assertRows(expected, batch);
      long without = expected.stream().filter(row -> row.previous == 0).count();
      assertEquals(before - 8 * without, batch.byteLength());
      assertRows(
          expected,
          WriteBatch.wrap(batch.array(), batch.offset(), batch.byteLength(), batch.count()));
    }
  }

  @Test
  void aSmallRowTakesFourBytesBesideKeyAndValue() {
    WriteBatch batch = new WriteBatch(0);
    batch.put(3, new byte[16], new byte[100], -1, 0);
    batch.compact();
    assertEquals(120, batch.byteLength());
  }

  @Test
  void aCompactRowTakesNoPreviousTimestamp() {
    WriteBatch batch = new WriteBatch(0);
    batch.put(3, new byte[16], new byte[100], -1, 0);
    batch.compact();
    WriteBatch.Rows rows = batch.rows();
    assertTrue(rows.next());
    assertThrows(IllegalStateException.class, () -> rows.setPrevious(1));
  }

  @Test
  void rowsOfTheFirstFormatAreRead() {
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                "01"
                    + "0000000000000000"
                    + "01"
                    + "00"
                    + "01"
                    + "01"
                    + "02"
                    + "6b"
                    + "6162"
                    + "02"
                    + "0500000000000000"
                    + "8101"
                    + "07"
                    + "01"
                    + "01"
                    + "00"
                    + "6b"
                    + "01"
                    + "0000000000000000"
                    + "02"
                    + "00"
                    + "06"
                    + "00"
                    + "01"
                    + "7a");
    List<Row> expected =
        List.of(
            new Row(1, new byte[] {'k'}, new byte[] {'a', 'b'}, false, -1, 0, 0),
            new Row(129, new byte[] {'k'}, new byte[0], true, -1, 7, 5),
            new Row(2, new byte[0], new byte[] {'z'}, false, 3, 0, 0));
    assertRows(expected, WriteBatch.wrapOld(bytes, 0, bytes.length, 3));
  }
}
