package org.facetdb.sql.row;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.type.SqlType;
import org.junit.jupiter.api.Test;

class RowCodecTest {
  private static final long SEED = Long.getLong("facetdb.seed", System.nanoTime());

  @Test
  void everyColumnOfRandomRowsReadsBackAlone() {
    RandomRows random = new RandomRows(SEED);
    for (int round = 0; round < 60; round++) {
      List<SqlType> types = random.types(1 + random.random().nextInt(40));
      TableDefinition table = RandomRows.table(types, null, List.of());
      int rows = 1 + random.random().nextInt(200);
      Vector[] columns = new Vector[types.size()];
      Object[][] expected = new Object[types.size()][rows];
      for (int c = 0; c < columns.length; c++) {
        columns[c] = Vector.create(types.get(c), rows);
        for (int r = 0; r < rows; r++) {
          columns[c].set(r, random.nullable(types.get(c)));
          expected[c][r] = columns[c].valueAt(r);
        }
      }
      RowBatch batch = new RowBatch();
      RowEncoder encoder = new RowEncoder(RowLayout.of(table));
      for (int r = 0; r < rows; r++) {
        byte[] value = encoder.encode(columns, r);
        byte[] padded = new byte[value.length + 5];
        System.arraycopy(value, 0, padded, 3, value.length);
        batch.add(padded, 3, value.length);
      }
      RowDecoder decoder = new RowDecoder(RowLayout.of(table));
      decoder.check(batch);
      for (int c = 0; c < columns.length; c++) {
        Vector decoded = decoder.decode(c, batch);
        for (int r = 0; r < rows; r++) {
          assertTrue(
              Objects.deepEquals(expected[c][r], decoded.valueAt(r)),
              "-Dfacetdb.seed="
                  + SEED
                  + " type="
                  + types.get(c).name()
                  + " expected="
                  + expected[c][r]
                  + " found="
                  + decoded.valueAt(r));
        }
      }
    }
  }

  @Test
  void columnsLongerThanSixtyFourKilobytesUseWideEnds() {
    List<SqlType> types = List.of(SqlType.TEXT, SqlType.INTEGER, SqlType.TEXT);
    TableDefinition table = RandomRows.table(types, null, List.of());
    String longText = "x".repeat(70_000);
    Vector[] row = row(types, "short", 5, longText);
    byte[] value = new RowEncoder(RowLayout.of(table)).encode(row, 0);
    RowBatch batch = new RowBatch();
    batch.add(value, 0, value.length);
    RowDecoder decoder = new RowDecoder(RowLayout.of(table));
    decoder.check(batch);
    assertEquals("short", decoder.decode(0, batch).valueAt(0));
    assertEquals(5, decoder.decode(1, batch).valueAt(0));
    assertEquals(longText, decoder.decode(2, batch).valueAt(0));
  }

  @Test
  void theDocumentedExampleIsWhatIsWritten() {
    List<SqlType> types = List.of(SqlType.INTEGER, SqlType.TEXT, SqlType.TEXT);
    TableDefinition table = RandomRows.table(types, null, List.of());
    byte[] value = new RowEncoder(RowLayout.of(table)).encode(row(types, 7, null, "hi"), 0);
    assertArrayEquals(
        HexFormat.of().parseHex("0100" + "02" + "07000000" + "00000200" + "6869"), value);
  }

  @Test
  void aRowOfAnotherSchemaVersionIsRefused() {
    List<SqlType> types = List.of(SqlType.INTEGER);
    TableDefinition table = RandomRows.table(types, null, List.of());
    byte[] value = new RowEncoder(RowLayout.of(table)).encode(row(types, 7), 0);
    value[0] = 9;
    RowBatch batch = new RowBatch();
    batch.add(value, 0, value.length);
    RowDecoder decoder = new RowDecoder(RowLayout.of(table));
    DatabaseException e = assertThrows(DatabaseException.class, () -> decoder.check(batch));
    assertEquals("XX001", e.sqlState());
  }

  private static Vector[] row(List<SqlType> types, Object... values) {
    Vector[] row = new Vector[values.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = Vector.create(types.get(i), 1);
      row[i].set(0, values[i]);
    }
    return row;
  }
}
