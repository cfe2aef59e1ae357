package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.KeyCodec;

/** What messages call a row: by its primary key, or by its id where it has none. Stateless. */
public final class RowNames {
  private RowNames() {}

  /** Such as {@code row (id)=(5) of table "t"}. */
  public static String describe(TableDefinition table, byte[] key) {
    String of = " of table \"" + table.name() + "\"";
    if (table.primaryKey() == null) {
      return "row " + ByteBuffer.wrap(key).getLong() + of;
    }
    List<Integer> columns = table.keyColumns();
    Vector[] row = KeyCodec.ofTable(table).read(key, table.columns().size());
    StringBuilder names = new StringBuilder();
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      Vector value = row[columns.get(i)];
      names.append(i == 0 ? "" : ", ").append(table.columns().get(columns.get(i)).name());
      values.append(i == 0 ? "" : ", ").append(value.type().formatAt(value, 0));
    }
    return "row (" + names + ")=(" + values + ")" + of;
  }

  /** A key that somebody else removed, as a row that has its columns alone. */
  static DatabaseException changed(TableDefinition table, Vector[] named) {
    StringBuilder names = new StringBuilder();
    StringBuilder values = new StringBuilder();
    for (int column = 0; column < named.length; column++) {
      if (named[column] != null) {
        names.append(names.isEmpty() ? "" : ", ").append(table.columns().get(column).name());
        values.append(values.isEmpty() ? "" : ", ");
        values.append(named[column].type().formatAt(named[column], 0));
      }
    }
    return changed("row (" + names + ")=(" + values + ") of table \"" + table.name() + "\"");
  }

  /** A row that somebody else changed or removed after the transaction's snapshot. */
  public static DatabaseException changed(TableDefinition table, byte[] key) {
    return changed(describe(table, key));
  }

  private static DatabaseException changed(String row) {
    return DatabaseException.user("40001", "could not serialize access due to concurrent update")
        .withDetail("The " + row + " was changed after the transaction's snapshot.")
        .withHint("Run the transaction again.");
  }
}
