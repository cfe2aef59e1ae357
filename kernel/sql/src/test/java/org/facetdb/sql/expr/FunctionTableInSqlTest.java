package org.facetdb.sql.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Test;

/** The same table as {@link FunctionTableTest}, as people write it: through parser and binder. */
class FunctionTableInSqlTest {
  @Test
  void sqlAnswersAsPostgres() throws Exception {
    List<String> differences = new ArrayList<>();
    SqlOptions options = SqlOptions.defaults("functions").withDurability(Durability.NONE);
    try (Store store = Stores.openInMemory(StoreOptions.defaults());
        SqlSession session = SqlDatabase.open(store, options).session("tester")) {
      for (String line : FunctionTableTest.cases().toList()) {
        String[] fields = line.split("\t");
        String answer = answer(session, fields[0]);
        if (!answer.equals(fields[1])) {
          differences.add(fields[0] + "\n  expected " + fields[1] + "\n  actual   " + answer);
        }
      }
    }
    assertEquals("", String.join("\n", differences), differences.size() + " answers differ");
  }

  private static String answer(SqlSession session, String call) {
    try (Result result = session.execute("SELECT " + call)) {
      Batch batch = result.nextBatch();
      if (batch == null) {
        return "(no row)";
      }
      Vector column = batch.column(0);
      int row = batch.row(0);
      if (column.isNull(row)) {
        return "(null)";
      }
      String text = String.valueOf(column.type().formatAt(column, row));
      if (LogicalTypes.kind(column.type()) == TypeKind.BOOLEAN) {
        text = String.valueOf(column.valueAt(row));
      } else if (LogicalTypes.kind(column.type()) == TypeKind.CHAR) {
        text = text.stripTrailing();
      }
      return text.replace("\\", "\\\\").replace("\n", "\\n");
    } catch (DatabaseException e) {
      return "!" + e.sqlState() + ": " + e.getMessage();
    }
  }
}
