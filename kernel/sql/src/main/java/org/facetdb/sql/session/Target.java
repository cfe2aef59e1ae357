package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.facetdb.parser.SqlParsing;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.CheckConstraint;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.dml.StatementWriter;
import org.facetdb.sql.dml.TableRules;
import org.facetdb.sql.dml.TableWriter;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.plan.Planner;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * The table that a statement changes, with what is compiled for it: constraints, defaults, codecs.
 * Belongs to a bound statement, and so to one session.
 */
final class Target {
  private final Kernel kernel;
  private final String sql;
  private final TableDefinition table;
  private final CatalogSnapshot catalog;
  private final TableWriter writer;
  private final Map<Integer, TableRules> rules = new HashMap<>();
  private Execution current;

  private Target(Execution execution, String sql, TableDefinition table) {
    this.kernel = execution.kernel();
    this.sql = sql;
    this.table = table;
    this.catalog = execution.catalog();
    this.writer = new TableWriter(table, kernel.rowIds(), new Current());
    this.current = execution;
    rules(table);
  }

  /** The table with a name; 42P01 if there is none. */
  static Target of(Execution execution, String sql, SqlIdentifier name) {
    Relation relation = find(execution, sql, name);
    if (relation instanceof TableDefinition table) {
      return new Target(execution, sql, table);
    }
    throw SourceText.at(
        DatabaseException.user("42809", "\"" + relation.name() + "\" is not a table"), sql, name);
  }

  /** A table or system view as a FROM clause would find it. */
  static Relation find(Execution execution, String sql, SqlIdentifier name) {
    List<String> names = name.names;
    Relation found = null;
    if (names.size() == 1) {
      for (String schema : execution.planContext(sql).searchPath()) {
        found = execution.catalog().relation(schema, names.getFirst());
        if (found != null) {
          break;
        }
      }
    } else {
      found =
          execution.catalog().relation(names.get(names.size() - 2), names.get(names.size() - 1));
    }
    if (found == null) {
      throw SourceText.at(
          DatabaseException.user(
              "42P01", "relation \"" + String.join(".", names) + "\" does not exist"),
          sql,
          name);
    }
    return found;
  }

  TableDefinition table() {
    return table;
  }

  /** The locks that whoever changes the table has. */
  Map<Integer, LockMode> locks() {
    return Map.of(table.id(), LockMode.ROW_EXCLUSIVE);
  }

  /** How a row is locked of which some columns are assigned: FOR UPDATE where they are of a key. */
  LockMode lockForUpdate(int[] assigned) {
    Set<Integer> keys = new HashSet<>(table.keyColumns());
    for (IndexDefinition index : table.indexes()) {
      if (index.unique()) {
        index.columns().forEach(part -> keys.add(part.column()));
      }
    }
    for (int column : assigned) {
      if (keys.contains(column)) {
        return LockMode.ACCESS_EXCLUSIVE;
      }
    }
    return LockMode.EXCLUSIVE;
  }

  /** That of the transaction that runs the statement now. */
  private final class Current implements Concurrency {
    @Override
    public void lockTable(TableDefinition of, LockMode mode) {
      current.transaction().lockTable(of, mode);
    }

    @Override
    public void lockKey(TableDefinition of, int keySpace, byte[] key, LockMode mode) {
      current.transaction().lockKey(of, keySpace, key, mode);
    }

    @Override
    public boolean readsCommitted() {
      return current.transaction().readsCommitted();
    }
  }

  /** A writer for one execution. */
  StatementWriter open(Execution execution) {
    TransactionState transaction = execution.transaction();
    transaction.guard(table);
    current = execution;
    StatementWriter statement =
        new StatementWriter(
            transaction.transaction(),
            catalog,
            kernel.rowIds(),
            this::rules,
            transaction,
            transaction.deferred(),
            execution.context());
    statement.use(writer);
    return statement;
  }

  private TableRules rules(TableDefinition of) {
    TableRules known = rules.get(of.id());
    if (known == null) {
      known = new TableRules(of, compiler(of));
      rules.put(of.id(), known);
    }
    return known;
  }

  private TableRules.Compiler compiler(TableDefinition of) {
    return new TableRules.Compiler() {
      @Override
      public org.facetdb.sql.expr.VectorExpression compile(CheckConstraint check) {
        return Target.this.compile(check, of);
      }

      @Override
      public org.facetdb.sql.expr.@Nullable VectorExpression compileDefault(int column) {
        String text = of.columns().get(column).defaultSql();
        Planner.Scalar value =
            text == null ? null : Target.this.compileDefault(of, column, current.planContext(text));
        return value == null ? null : value.expression();
      }
    };
  }

  private org.facetdb.sql.expr.VectorExpression compile(CheckConstraint check, TableDefinition of) {
    SqlNode condition = SqlParsing.parseExpression(check.sql());
    try {
      return kernel
          .planner()
          .compileScalar(condition, of, current.planContext(check.sql()))
          .expression();
    } catch (DatabaseException e) {
      throw within("check constraint \"" + check.name() + "\" of table \"" + of.name() + "\"", e);
    }
  }

  /** An error of an expression of the schema: it has a place there, and none in the statement. */
  private static DatabaseException within(String what, DatabaseException error) {
    return new DatabaseException(
        error.sqlState(),
        error.category(),
        what + ": " + error.getMessage(),
        error.detail(),
        error.hint(),
        0,
        error.getCause());
  }

  /** A column's default, {@code null} for NULL. */
  Planner.@Nullable Scalar compileDefault(int column, PlanContext context) {
    return compileDefault(table, column, context);
  }

  private Planner.@Nullable Scalar compileDefault(
      TableDefinition of, int column, PlanContext context) {
    ColumnDefinition definition = of.columns().get(column);
    String text = definition.defaultSql();
    if (text == null) {
      return null;
    }
    SqlNode value = SqlParsing.parseExpression(text);
    try {
      return kernel.planner().compileConstant(value, definition.type(), context);
    } catch (DatabaseException e) {
      String what = "default of column \"" + definition.name() + "\"";
      throw within(what + " of table \"" + of.name() + "\"", e);
    }
  }

  /** The column's default in place of DEFAULT, any other expression as it is. */
  SqlNode resolveDefault(SqlNode value, int column) {
    boolean isDefault =
        value instanceof SqlCall call && call.getOperator() == SqlStdOperatorTable.DEFAULT;
    if (!isDefault) {
      return value;
    }
    String text = table.columns().get(column).defaultSql();
    if (text == null) {
      return SqlLiteral.createNull(value.getParserPosition());
    }
    compileDefault(column, current.planContext(text)); // here its errors name the column
    SqlNode written =
        SqlParsing.parseExpression(text).accept(new PlacedAt(value.getParserPosition()));
    return Objects.requireNonNull(written);
  }

  /** Positions of named columns, each named once. */
  List<Integer> positions(List<SqlIdentifier> names, String repeated) {
    List<Integer> found = new ArrayList<>();
    for (SqlIdentifier name : names) {
      String column = name.names.getLast();
      int position = table.columnIndex(column);
      if (position < 0) {
        throw SourceText.at(
            DatabaseException.user(
                "42703",
                "column \"" + column + "\" of relation \"" + table.name() + "\" does not exist"),
            sql,
            name);
      }
      if (found.contains(position)) {
        throw SourceText.at(
            DatabaseException.user(
                repeated.startsWith("multiple") ? "42601" : "42701",
                String.format(repeated, column)),
            sql,
            name);
      }
      found.add(position);
    }
    return found;
  }

  /**
   * The type that a query is asked for, to be assigned to a column. A string's length is left to
   * {@link #assign}, since a cast would cut it silently.
   */
  LogicalType wanted(int column) {
    LogicalType type = table.columns().get(column).type();
    return type instanceof SqlType known && known.kind().isString() ? SqlType.TEXT : type;
  }

  /** Refuses a source column that isn't assignable: the planner gave it another type. */
  void requireAssignable(ResultColumn source, int column) {
    LogicalType type = wanted(column);
    if (!source.type().equals(type)) {
      throw DatabaseException.user(
              "42804",
              "column \""
                  + table.columns().get(column).name()
                  + "\" is of type "
                  + table.columns().get(column).type().name()
                  + " but expression is of type "
                  + source.type().name())
          .withHint("You will need to rewrite or cast the expression.");
    }
  }

  /** The values as the column stores them: strings fitted to its length. */
  Vector assign(Vector values, int column, int[] rows, int count) {
    LogicalType type = table.columns().get(column).type();
    if (!(type instanceof SqlType known)
        || known.kind() != TypeKind.VARCHAR && known.kind() != TypeKind.CHAR
        || known.kind() == TypeKind.VARCHAR && known.precision() < 0) {
      return values;
    }
    return Strings.fit((org.facetdb.spi.type.BytesVector) values, known, rows, count);
  }
}
