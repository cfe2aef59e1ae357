package org.facetdb.sql.ddl;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.CreateIndex;
import org.facetdb.parser.IndexColumn;
import org.facetdb.parser.Option;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.dml.TableWriter;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.Keys;
import org.facetdb.sql.row.RowKeys;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.sql.row.TableScan;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/** CREATE INDEX with the method of a plug-in; the index is built after the commit. Stateless. */
final class MethodIndexBuilder {
  private static final String WRONG_TYPE = "42804";

  private MethodIndexBuilder() {}

  /** The table with the index added, and with row ids where the index needs them. */
  static TableDefinition add(
      DdlContext context,
      CreateIndex statement,
      TableDefinition table,
      String name,
      RegisteredMethod method) {
    if (statement.unique()) {
      throw at(
          context,
          DatabaseException.unsupported(
              "access method \"" + method.name() + "\" does not support unique indexes"),
          statement.method());
    }
    if (statement.where() != null) {
      throw at(
          context,
          DatabaseException.unsupported("partial indexes are not supported"),
          statement.where());
    }
    if (!statement.included().isEmpty()) {
      throw at(
          context,
          DatabaseException.unsupported(
              "access method \"" + method.name() + "\" does not support included columns"),
          statement.method());
    }
    List<Integer> columns = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (IndexColumn part : statement.columns()) {
      int id = column(context, table, part);
      if (!seen.add(id)) {
        throw SourceText.at(
            DatabaseException.user("42701", "column is indexed twice"),
            context.sql(),
            part.expression());
      }
      columns.add(id);
    }
    MethodIndex index =
        new MethodIndex(
            context.editor().nextId(),
            name,
            table.id(),
            method.name(),
            method.owner().name(),
            columns,
            options(context, statement));
    try {
      method.method().validate(index.shape(table));
    } catch (DatabaseException e) {
      throw at(context, e, place(statement, table, index, method, e));
    }
    List<MethodIndex> all = new ArrayList<>(table.methodIndexes());
    all.add(index);
    int space = table.rowIdSpace();
    boolean needsIds = space == 0 && RowKeys.needsSpace(table);
    if (needsIds) {
      space =
          context.editor().createKeySpace(TableBuilder.keyRetention(table, context.retention()));
    }
    TableDefinition changed = table.withMethodIndexes(all, space);
    if (needsIds) {
      giveIds(context, changed);
    }
    return changed;
  }

  private static DatabaseException at(
      DdlContext context, DatabaseException error, @Nullable SqlNode place) {
    return place == null ? error : SourceText.at(error, context.sql(), place);
  }

  /** What a method's refusal is about: a column of the wrong type, an option, or the method. */
  private static @Nullable SqlNode place(
      CreateIndex statement,
      TableDefinition table,
      MethodIndex index,
      RegisteredMethod method,
      DatabaseException refusal) {
    for (int i = 0; i < index.columns().size(); i++) {
      MethodIndex alone = index.withColumns(List.of(index.columns().get(i)));
      if (refusal.sqlState().equals(WRONG_TYPE) && refuses(method, alone.shape(table))) {
        return statement.columns().get(i).expression();
      }
    }
    for (Option option : statement.options()) {
      if (option.value() != null && String.valueOf(refusal.getMessage()).contains(option.name())) {
        return option.value();
      }
    }
    return statement.method();
  }

  private static boolean refuses(RegisteredMethod method, IndexShape shape) {
    try {
      method.method().validate(shape);
      return false;
    } catch (DatabaseException e) {
      return e.sqlState().equals(WRONG_TYPE);
    }
  }

  private static int column(DdlContext context, TableDefinition table, IndexColumn part) {
    if (!(part.expression() instanceof SqlIdentifier identifier) || !identifier.isSimple()) {
      throw at(
          context,
          DatabaseException.unsupported("indexes on expressions are not supported"),
          part.expression());
    }
    if (part.descending() || part.nullsFirst() != null || part.operatorClass() != null) {
      throw at(
          context,
          DatabaseException.unsupported(
              "an index of a plug-in's method has no order and no operator classes"),
          identifier);
    }
    int column = table.columnIndex(identifier.getSimple());
    if (column < 0) {
      throw SourceText.at(
          DatabaseException.user(
              "42703", "column \"" + identifier.getSimple() + "\" does not exist"),
          context.sql(),
          identifier);
    }
    return table.columns().get(column).id();
  }

  private static SortedMap<String, String> options(DdlContext context, CreateIndex statement) {
    SortedMap<String, String> options = new TreeMap<>();
    for (Option option : statement.options()) {
      if (options.put(option.name(), text(option.value())) != null) {
        throw at(
            context,
            DatabaseException.user(
                "22023", "parameter \"" + option.name() + "\" specified more than once"),
            option.value() == null ? statement.method() : option.value());
      }
    }
    return options;
  }

  private static String text(@Nullable SqlNode value) {
    return switch (value) {
      case SqlLiteral literal -> String.valueOf(literal.toValue());
      case SqlIdentifier identifier -> identifier.toString();
      case null -> "true";
      default -> value.toString();
    };
  }

  /** Gives the rows there are ids, and makes writers that commit meanwhile conflict. */
  private static void giveIds(DdlContext context, TableDefinition table) {
    Transaction transaction = context.transaction();
    transaction.guardRange(table.keySpace(), new byte[0], Keys.last());
    TableWriter writer = new TableWriter(table, context.rowIds(), Concurrency.ALONE);
    TableAccess access =
        TableAccess.of(table, new int[] {TableDefinition.ROW_KEY}, TableAccess.CURRENT);
    try (TableScan scan = new TableScan(access, KeyRange.ALL)) {
      scan.open(context.execution());
      for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
        BytesVector keys = (BytesVector) batch.column(0);
        for (int i = 0; i < batch.rowCount(); i++) {
          writer.addRowId(transaction, keys.getBytes(i));
        }
      }
    }
  }
}
