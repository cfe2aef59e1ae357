package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FacetDatabaseMetaDataTest extends JdbcTest {
  private DatabaseMetaData meta;

  @BeforeEach
  void tables() throws SQLException {
    execute(
        "CREATE TABLE parent (a integer, b text, PRIMARY KEY (b, a))",
        "CREATE TABLE child (id bigint PRIMARY KEY, pb text, pa integer NOT NULL,"
            + " note varchar(30) DEFAULT 'none',"
            + " CONSTRAINT to_parent FOREIGN KEY (pb, pa) REFERENCES parent (b, a)"
            + " ON DELETE CASCADE)",
        "CREATE INDEX by_note ON child (note DESC, id)",
        "CREATE TABLE under_score (x integer UNIQUE)");
    meta = connection.getMetaData();
  }

  /** The named columns of all rows, joined by a blank. */
  private static List<String> list(ResultSet rows, String... columns) throws SQLException {
    List<String> all = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (String column : columns) {
          row.add(rows.getString(column));
        }
        all.add(String.join(" ", row));
      }
    }
    return all;
  }

  @Test
  void tablesAreListedByPatternAndType() throws SQLException {
    String[] tables = {"TABLE"};
    assertEquals(
        List.of("public child TABLE", "public parent TABLE", "public under_score TABLE"),
        list(meta.getTables(null, null, "%", tables), "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE"));
    assertEquals(
        List.of("parent"), list(meta.getTables(null, "public", "p%", tables), "TABLE_NAME"));
    assertEquals(
        List.of("under_score"),
        list(meta.getTables(null, null, "under\\_score", null), "TABLE_NAME"));
    assertEquals(List.of(), list(meta.getTables(null, null, "Parent", tables), "TABLE_NAME"));
    assertEquals(List.of(), list(meta.getTables("elsewhere", null, "%", tables), "TABLE_NAME"));
    assertTrue(
        list(meta.getTables(null, "information_schema", "%", null), "TABLE_NAME")
            .contains("columns"));
    assertTrue(list(meta.getSchemas(), "TABLE_SCHEM").contains("public"));
  }

  @Test
  void columnsAreInOrderWithTypeSizeAndDefault() throws SQLException {
    assertEquals(
        List.of(
            "id 1 bigint NO", "pb 2 text YES", "pa 3 integer NO", "note 4 character varying YES"),
        list(
            meta.getColumns(null, null, "child", null),
            "COLUMN_NAME",
            "ORDINAL_POSITION",
            "TYPE_NAME",
            "IS_NULLABLE"));
    try (ResultSet note = meta.getColumns(null, null, "child", "note")) {
      assertTrue(note.next());
      assertEquals(Types.VARCHAR, note.getInt("DATA_TYPE"));
      assertEquals(30, note.getInt("COLUMN_SIZE"));
      assertTrue(note.getString("COLUMN_DEF").contains("none"));
      assertFalse(note.next());
    }
  }

  @Test
  void keysAreInKeyOrder() throws SQLException {
    assertEquals(
        List.of("a 2", "b 1"),
        list(meta.getPrimaryKeys(null, null, "parent"), "COLUMN_NAME", "KEY_SEQ"));
    List<String> expected = List.of("parent b child pb 1", "parent a child pa 2");
    String[] columns = {
      "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ"
    };
    assertEquals(expected, list(meta.getImportedKeys(null, null, "child"), columns));
    assertEquals(expected, list(meta.getExportedKeys(null, null, "parent"), columns));
    assertEquals(
        expected, list(meta.getCrossReference(null, null, "parent", null, null, "child"), columns));
    assertEquals(List.of(), list(meta.getImportedKeys(null, null, "parent"), columns));
    try (ResultSet key = meta.getImportedKeys(null, null, "child")) {
      assertTrue(key.next());
      assertEquals("to_parent", key.getString("FK_NAME"));
      assertEquals(DatabaseMetaData.importedKeyCascade, key.getShort("DELETE_RULE"));
      assertEquals(DatabaseMetaData.importedKeyNoAction, key.getShort("UPDATE_RULE"));
    }
    assertEquals(
        List.of("b", "a"),
        list(meta.getBestRowIdentifier(null, null, "parent", 0, true), "COLUMN_NAME"));
  }

  @Test
  void indexesShowTheirColumns() throws SQLException {
    assertEquals(
        List.of("f id 1 A", "t note 1 D", "t id 2 A"),
        list(
            meta.getIndexInfo(null, null, "child", false, false),
            "NON_UNIQUE",
            "COLUMN_NAME",
            "ORDINAL_POSITION",
            "ASC_OR_DESC"));
    assertEquals(
        List.of("id"), list(meta.getIndexInfo(null, null, "child", true, false), "COLUMN_NAME"));
    assertEquals(
        List.of("x"),
        list(meta.getIndexInfo(null, null, "under_score", true, false), "COLUMN_NAME"));
  }

  @Test
  void factsAreTold() throws SQLException {
    assertEquals("FacetDB", meta.getDatabaseProductName());
    assertEquals(4, meta.getJDBCMajorVersion());
    assertEquals(url, meta.getURL());
    assertTrue(meta.storesLowerCaseIdentifiers());
    assertTrue(meta.supportsTransactions());
    assertFalse(meta.supportsGetGeneratedKeys());
    assertFalse(meta.supportsTransactionIsolationLevel(Connection.TRANSACTION_NONE));
    assertTrue(list(meta.getTypeInfo(), "TYPE_NAME").containsAll(List.of("uuid", "numeric")));
  }

  /** Tools call everything; nothing may throw, and every result has columns. */
  @Test
  void everyCallAnswers() throws Exception {
    int calls = 0;
    for (Method method : DatabaseMetaData.class.getMethods()) {
      if (method.getDeclaringClass() != DatabaseMetaData.class) {
        continue;
      }
      Object[] arguments = new Object[method.getParameterCount()];
      for (int i = 0; i < arguments.length; i++) {
        Class<?> type = method.getParameterTypes()[i];
        if (type.isPrimitive()) {
          arguments[i] = type == int.class ? (Object) 1 : (Object) true;
        }
      }
      if (method.invoke(meta, arguments) instanceof ResultSet rows) {
        assertTrue(rows.getMetaData().getColumnCount() > 0, method.getName());
        rows.close();
      }
      calls++;
    }
    assertTrue(calls > 170, "calls=" + calls);
  }
}
