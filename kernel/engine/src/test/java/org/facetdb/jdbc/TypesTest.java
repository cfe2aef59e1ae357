package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import org.facetdb.spi.type.Interval;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every type through setters, storage and getters. */
class TypesTest extends JdbcTest {
  private static final UUID ID = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");

  @BeforeEach
  void table() throws SQLException {
    execute(
        """
        CREATE TABLE v (
          bo boolean, si smallint, i integer NOT NULL, bi bigint, re real, dp double precision,
          nu numeric(12,3), te text, vc varchar(20), ch char(4), by bytea, da date, ti time,
          ts timestamp, tz timestamptz, iv interval, uu uuid, js json)
        """);
  }

  private PreparedStatement insert() throws SQLException {
    return connection.prepareStatement(
        "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  }

  private void insertValues() throws SQLException {
    try (PreparedStatement insert = insert()) {
      insert.setBoolean(1, true);
      insert.setShort(2, (short) -7);
      insert.setInt(3, 123456);
      insert.setLong(4, 1L << 40);
      insert.setFloat(5, 1.5f);
      insert.setDouble(6, -2.25);
      insert.setBigDecimal(7, new BigDecimal("12.340"));
      insert.setString(8, "grüße, 世界");
      insert.setString(9, "varchar");
      insert.setString(10, "ab");
      insert.setBytes(11, new byte[] {0, 1, -1});
      insert.setDate(12, Date.valueOf("2024-02-29"));
      insert.setObject(13, LocalTime.of(23, 59, 58, 123456000));
      insert.setTimestamp(14, Timestamp.valueOf("2024-02-29 01:02:03.456789"));
      insert.setObject(15, OffsetDateTime.parse("2024-02-29T12:00:00+02:00"));
      insert.setObject(16, new Interval(14, 3, 5_000_000));
      insert.setObject(17, ID);
      insert.setString(18, "{\"a\": [1, 2]}");
      assertEquals(1, insert.executeUpdate());
    }
  }

  @Test
  void valuesComeBackAsTheyWent() throws SQLException {
    insertValues();
    try (PreparedStatement query = connection.prepareStatement("SELECT * FROM v");
        ResultSet rows = query.executeQuery()) {
      assertTrue(rows.next());
      assertTrue(rows.getBoolean("bo"));
      assertEquals(-7, rows.getShort("si"));
      assertEquals(-7, rows.getObject("si"));
      assertEquals(123456, rows.getInt("I"));
      assertEquals(1L << 40, rows.getLong("bi"));
      assertEquals(1.5f, rows.getFloat("re"));
      assertEquals(-2.25, rows.getDouble("dp"));
      assertEquals(new BigDecimal("12.340"), rows.getBigDecimal("nu"));
      assertEquals("grüße, 世界", rows.getString("te"));
      assertEquals("varchar", rows.getObject("vc"));
      assertEquals("ab", rows.getString("ch").stripTrailing());
      assertArrayEquals(new byte[] {0, 1, -1}, rows.getBytes("by"));
      assertArrayEquals(new byte[] {0, 1, -1}, (byte[]) rows.getObject("by"));
      assertEquals(LocalDate.of(2024, 2, 29), rows.getObject("da"));
      assertEquals(Date.valueOf("2024-02-29"), rows.getDate("da"));
      assertEquals(LocalTime.of(23, 59, 58, 123456000), rows.getObject("ti", LocalTime.class));
      LocalDateTime early = LocalDateTime.parse("2024-02-29T01:02:03.456789");
      assertEquals(early, rows.getObject("ts", LocalDateTime.class));
      assertEquals(Timestamp.valueOf(early), rows.getTimestamp("ts"));
      Instant noon = Instant.parse("2024-02-29T10:00:00Z");
      assertEquals(noon.atOffset(ZoneOffset.UTC), rows.getObject("tz"));
      assertEquals(noon, rows.getObject("tz", Instant.class));
      assertEquals(noon, rows.getTimestamp("tz").toInstant());
      assertEquals(noon, rows.getObject("tz", ZonedDateTime.class).toInstant());
      assertEquals(new Interval(14, 3, 5_000_000), rows.getObject("iv"));
      assertEquals(ID, rows.getObject("uu"));
      assertEquals("{\"a\": [1, 2]}", rows.getString("js"));
      assertFalse(rows.wasNull());
      assertFalse(rows.next());
    }
  }

  @Test
  void textFormsAreThoseOfPostgresql() throws SQLException {
    insertValues();
    assertEquals(
        List.of(
            List.of(
                "-7",
                "1.5",
                "12.340",
                "\\x0001ff",
                "2024-02-29",
                "23:59:58.123456",
                "2024-02-29 01:02:03.456789",
                "1 year 2 mons 3 days 00:00:05",
                ID.toString())),
        rows("SELECT si, re, nu, by, da, ti, ts, iv, uu FROM v"));
  }

  @Test
  void nullsAreNullsOfEveryType() throws SQLException {
    try (PreparedStatement insert = insert()) {
      for (int i = 1; i <= 18; i++) {
        insert.setNull(i, Types.NULL);
      }
      insert.setInt(3, 1);
      insert.executeUpdate();
    }
    try (PreparedStatement query = connection.prepareStatement("SELECT * FROM v");
        ResultSet rows = query.executeQuery()) {
      assertTrue(rows.next());
      for (int i = 1; i <= 18; i++) {
        if (i != 3) {
          assertNull(rows.getObject(i));
          assertTrue(rows.wasNull());
          assertNull(rows.getString(i));
        }
      }
      assertEquals(0, rows.getInt(2));
      assertEquals(0, rows.getLong(4));
      assertEquals(0, rows.getDouble(6));
      assertFalse(rows.getBoolean(1));
      assertNull(rows.getBytes(11));
      assertNull(rows.getDate(12));
      assertNull(rows.getTimestamp(15));
      assertTrue(rows.wasNull());
      assertEquals(1, rows.getInt(3));
      assertFalse(rows.wasNull());
    }
  }

  @Test
  void stringsAreTakenForAnyType() throws SQLException {
    try (PreparedStatement insert = insert()) {
      String[] texts = {
        "yes",
        "1",
        "2",
        "3",
        "4.5",
        "5.5",
        "6.125",
        "t",
        "v",
        "c",
        "\\x00ff",
        "2001-02-03",
        "04:05:06",
        "2001-02-03 04:05:06",
        "2001-02-03 04:05:06+00",
        "1 day",
        ID.toString(),
        "[]"
      };
      for (int i = 0; i < texts.length; i++) {
        insert.setString(i + 1, texts[i]);
      }
      insert.executeUpdate();
      insert.setString(3, "many");
      assertState("22P02", insert::executeUpdate);
    }
    assertEquals(
        List.of(List.of("t", "6.125", "2001-02-03", "1 day")),
        rows("SELECT bo, nu, da, iv FROM v"));
  }

  @Test
  void gettersConvertAndRefuseWhatDoesNotFit() throws SQLException {
    insertValues();
    try (PreparedStatement query = connection.prepareStatement("SELECT * FROM v");
        ResultSet rows = query.executeQuery()) {
      rows.next();
      assertEquals(12, rows.getInt("nu"));
      assertEquals("123456", rows.getString("i"));
      assertEquals(new BigDecimal("123456"), rows.getBigDecimal("i"));
      assertEquals(BigInteger.valueOf(123456), rows.getObject("i", BigInteger.class));
      assertEquals(123456L, rows.getObject("i", Long.class));
      assertEquals(1, rows.getInt("bo"));
      assertEquals(-2, rows.getLong("dp"));
      assertState("22003", () -> rows.getInt("bi"));
      assertState("22003", () -> rows.getShort("i"));
      assertState("22003", () -> rows.getByte("i"));
      assertState("22018", () -> rows.getInt("te"));
      assertState("22018", () -> rows.getDate("i"));
      assertState("22018", () -> rows.getObject("te", UUID.class));
      assertState("42703", () -> rows.getInt("absent"));
      assertState("22023", () -> rows.getInt(19));
      assertState("0A000", () -> rows.getBlob(1));
      assertState("0A000", () -> rows.updateInt(1, 1));
      assertState("0A000", rows::previous);
    }
  }

  @Test
  void settersConvertAndRefuseWhatDoesNotFit() throws SQLException {
    try (PreparedStatement insert = insert()) {
      for (int i = 1; i <= 18; i++) {
        insert.setNull(i, Types.NULL);
      }
      insert.setLong(3, 5);
      insert.setObject(2, new BigDecimal("2.5"));
      insert.setInt(7, 3);
      insert.setInt(8, 42);
      insert.setObject(6, 1.25f);
      insert.setBinaryStream(11, new ByteArrayInputStream(new byte[] {9}));
      insert.setCharacterStream(9, new StringReader("streamed"));
      insert.setObject(16, Duration.ofMinutes(90));
      insert.executeUpdate();
      assertState("22003", () -> insert.setLong(3, 1L << 40));
      assertState("22003", () -> insert.setInt(2, 40000));
      assertState("22018", () -> insert.setObject(17, 5));
      assertState("22018", () -> insert.setObject(12, true));
      assertState("0A000", () -> insert.setArray(1, null));
    }
    assertEquals(
        List.of(List.of("3", "5", "3.000", "42", "\\x09", "streamed", "01:30:00")),
        rows("SELECT si, i, nu, te, by, vc, iv FROM v"));
  }

  @Test
  void calendarsMoveMomentsIntoTheirZone() throws SQLException {
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
    Timestamp moment = Timestamp.from(Instant.parse("2024-01-01T00:00:00Z"));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO v (i, ts) VALUES (1, ?)")) {
      insert.setTimestamp(1, moment, tokyo);
      insert.executeUpdate();
    }
    assertEquals(List.of(List.of("2024-01-01 09:00:00")), rows("SELECT ts FROM v"));
    try (PreparedStatement query = connection.prepareStatement("SELECT ts FROM v");
        ResultSet rows = query.executeQuery()) {
      rows.next();
      assertEquals(moment, rows.getTimestamp(1, tokyo));
    }
  }

  @Test
  void metadataDescribesColumnsAndParameters() throws SQLException {
    String sql = "SELECT i, nu, vc AS label, tz, i + 1 AS next FROM v WHERE i = ? AND da > ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      ResultSetMetaData columns = query.getMetaData();
      assertEquals(5, columns.getColumnCount());
      assertEquals("label", columns.getColumnLabel(3));
      assertEquals(Types.INTEGER, columns.getColumnType(1));
      assertEquals("integer", columns.getColumnTypeName(1));
      assertEquals("java.lang.Integer", columns.getColumnClassName(1));
      assertEquals("v", columns.getTableName(1));
      assertEquals("", columns.getTableName(5));
      assertEquals(Types.NUMERIC, columns.getColumnType(2));
      assertEquals(12, columns.getPrecision(2));
      assertEquals(3, columns.getScale(2));
      assertEquals(20, columns.getPrecision(3));
      assertEquals(Types.TIMESTAMP_WITH_TIMEZONE, columns.getColumnType(4));
      assertTrue(columns.isSigned(2));
      assertState("22023", () -> columns.getColumnType(6));
      ParameterMetaData parameters = query.getParameterMetaData();
      assertEquals(2, parameters.getParameterCount());
      assertEquals(Types.INTEGER, parameters.getParameterType(1));
      assertEquals(Types.DATE, parameters.getParameterType(2));
      assertEquals("java.time.LocalDate", parameters.getParameterClassName(2));
    }
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM v")) {
      assertNull(delete.getMetaData());
    }
  }
}
