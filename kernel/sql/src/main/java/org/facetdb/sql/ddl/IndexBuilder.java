package org.facetdb.sql.ddl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.CreateIndex;
import org.facetdb.parser.IndexColumn;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.dml.TableWriter;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.Keys;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.sql.row.TableScan;
import org.facetdb.storage.Transaction;

/** CREATE INDEX: binds the key and fills the index from the rows there are. Stateless. */
final class IndexBuilder {
  private IndexBuilder() {}

  /** The definition, under a name that is known to be free. */
  static IndexDefinition define(
      DdlContext context, CreateIndex statement, TableDefinition table, String name) {
    SqlIdentifier method = statement.method();
    if (method != null && !method.getSimple().equals("btree")) {
      throw SourceText.at(
          DatabaseException.user(
              "42704", "access method \"" + method.getSimple() + "\" does not exist"),
          context.sql(),
          method);
    }
    if (statement.where() != null) {
      throw unsupported(context, "partial indexes are not supported", statement.where());
    }
    if (!statement.included().isEmpty()) {
      throw unsupported(
          context,
          "indexes that include columns are not supported",
          statement.included().getFirst());
    }
    if (!statement.options().isEmpty()) {
      throw DatabaseException.user(
          "22023", "unrecognized parameter \"" + statement.options().getFirst().name() + "\"");
    }
    List<IndexDefinition.IndexColumn> key = new ArrayList<>();
    for (IndexColumn part : statement.columns()) {
      key.add(bind(context, table, part));
    }
    int id = context.editor().nextId();
    int keySpace =
        context.editor().createKeySpace(TableBuilder.keyRetention(table, context.retention()));
    return new IndexDefinition(id, name, table.id(), keySpace, statement.unique(), key);
  }

  private static DatabaseException unsupported(DdlContext context, String message, SqlNode at) {
    return SourceText.at(DatabaseException.unsupported(message), context.sql(), at);
  }

  private static IndexDefinition.IndexColumn bind(
      DdlContext context, TableDefinition table, IndexColumn part) {
    if (!(part.expression() instanceof SqlIdentifier identifier) || !identifier.isSimple()) {
      throw unsupported(context, "indexes on expressions are not supported", part.expression());
    }
    int column = table.columnIndex(identifier.getSimple());
    if (column < 0) {
      throw SourceText.at(
          DatabaseException.user(
              "42703", "column \"" + identifier.getSimple() + "\" does not exist"),
          context.sql(),
          identifier);
    }
    requireOrdered(table.columns().get(column));
    Boolean nullsFirst = part.nullsFirst();
    return new IndexDefinition.IndexColumn(
        column, part.descending(), nullsFirst == null ? part.descending() : nullsFirst);
  }

  static void requireOrdered(ColumnDefinition column) {
    if (!column.type().orderable()) {
      throw DatabaseException.user(
          "42704",
          "data type "
              + column.type().name()
              + " has no default operator class for access method \"btree\"");
    }
  }

  /** Fills the index, and makes writers of the table that commit meanwhile conflict with it. */
  static void fill(DdlContext context, TableDefinition table, IndexDefinition index) {
    Transaction transaction = context.transaction();
    transaction.guardRange(table.keySpace(), new byte[0], Keys.last());
    TableWriter writer = new TableWriter(table, context.rowIds(), Concurrency.ALONE);
    int[] columns =
        IntStream.rangeClosed(0, table.columns().size())
            .map(i -> i == 0 ? TableDefinition.ROW_KEY : i - 1)
            .toArray();
    TableAccess access = TableAccess.of(table, columns, TableAccess.CURRENT);
    try (TableScan scan = new TableScan(access, KeyRange.ALL)) {
      scan.open(context.execution());
      for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
        BytesVector keys = (BytesVector) batch.column(0);
        Vector[] row = java.util.Arrays.copyOfRange(batch.columns(), 1, batch.columnCount());
        for (int i = 0; i < batch.rowCount(); i++) {
          writer.addEntry(transaction, index, keys.getBytes(i), row, i);
        }
      }
    } catch (DatabaseException e) {
      throw e.sqlState().equals("23505") ? notUnique(e, index) : e;
    }
  }

  private static DatabaseException notUnique(DatabaseException e, IndexDefinition index) {
    String detail = Objects.requireNonNullElse(e.detail(), "");
    return DatabaseException.user("23505", "could not create unique index \"" + index.name() + "\"")
        .withDetail(detail.replace(" already exists.", " is duplicated."));
  }
}
