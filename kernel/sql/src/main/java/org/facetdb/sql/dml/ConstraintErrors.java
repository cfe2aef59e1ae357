package org.facetdb.sql.dml;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.TableDefinition;

/** The errors of constraints, with PostgreSQL's SQLSTATEs, messages and details. Stateless. */
final class ConstraintErrors {
  /** Characters of a value that a detail shows. */
  private static final int SHOWN_MAX = 64;

  private ConstraintErrors() {}

  static DatabaseException notNull(TableDefinition table, int column, Vector[] row, int position) {
    return DatabaseException.user(
            "23502",
            "null value in column \""
                + table.columns().get(column).name()
                + "\" of relation \""
                + table.name()
                + "\" violates not-null constraint")
        .withDetail(failingRow(row, position));
  }

  static DatabaseException check(TableDefinition table, String name, Vector[] row, int position) {
    return DatabaseException.user(
            "23514",
            "new row for relation \""
                + table.name()
                + "\" violates check constraint \""
                + name
                + "\"")
        .withDetail(failingRow(row, position));
  }

  static DatabaseException duplicate(
      String constraint, TableDefinition table, List<Integer> columns, Vector[] row, int position) {
    return DatabaseException.user(
            "23505", "duplicate key value violates unique constraint \"" + constraint + "\"")
        .withDetail(key(table, columns, row, columns, position) + " already exists.");
  }

  static DatabaseException notUnique(
      String index, TableDefinition table, List<Integer> columns, Vector[] row, int position) {
    return DatabaseException.user("23505", "could not create unique index \"" + index + "\"")
        .withDetail(key(table, columns, row, columns, position) + " is duplicated.");
  }

  /**
   * A row of the referencing table whose parent is missing.
   *
   * @param named the key as a row of the parent, of which it has nothing else
   */
  static DatabaseException noParent(
      TableDefinition child, ForeignKey key, TableDefinition parent, Vector[] named) {
    return DatabaseException.user(
            "23503",
            "insert or update on table \""
                + child.name()
                + "\" violates foreign key constraint \""
                + key.name()
                + "\"")
        .withDetail(
            key(child, key.columns(), named, key.parentColumns(), 0)
                + " is not present in table \""
                + parent.name()
                + "\".");
  }

  /** A removed key that rows still refer to; {@code row} is of the referencing table. */
  static DatabaseException stillReferenced(
      TableDefinition child, ForeignKey key, TableDefinition parent, Vector[] row, int position) {
    return DatabaseException.user(
            "23503",
            "update or delete on table \""
                + parent.name()
                + "\" violates foreign key constraint \""
                + key.name()
                + "\" on table \""
                + child.name()
                + "\"")
        .withDetail(
            key(parent, key.parentColumns(), row, key.columns(), position)
                + " is still referenced from table \""
                + child.name()
                + "\".");
  }

  private static String key(
      TableDefinition named,
      List<Integer> names,
      Vector[] row,
      List<Integer> values,
      int position) {
    StringBuilder left = new StringBuilder();
    StringBuilder right = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      ColumnDefinition column = named.columns().get(names.get(i));
      left.append(i == 0 ? "" : ", ").append(column.name());
      right.append(i == 0 ? "" : ", ").append(text(row[values.get(i)], position));
    }
    return "Key (" + left + ")=(" + right + ")";
  }

  private static String failingRow(Vector[] row, int position) {
    StringBuilder text = new StringBuilder("Failing row contains (");
    for (int i = 0; i < row.length; i++) {
      String shown = text(row[i], position);
      text.append(i == 0 ? "" : ", ")
          .append(shown.length() > SHOWN_MAX ? shown.substring(0, SHOWN_MAX) + "..." : shown);
    }
    return text.append(").").toString();
  }

  private static String text(Vector values, int position) {
    String text = values.type().formatAt(values, position);
    return text == null ? "null" : text;
  }
}
