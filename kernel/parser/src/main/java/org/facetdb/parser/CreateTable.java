package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code CREATE TABLE [IF NOT EXISTS] name (columns and constraints) [USING method] [WITH
 * (options)] [WITH SYSTEM VERSIONING] [AS query]}.
 */
public final class CreateTable extends Statement {
  private final boolean ifNotExists;
  private final SqlIdentifier name;
  private final List<ColumnClause> columns;
  private final List<TableConstraint> constraints;
  private final @Nullable SqlIdentifier method;
  private final List<Option> options;
  private final boolean systemVersioned;
  private final @Nullable SqlNode query;

  /** Takes the parts as they were written. */
  public CreateTable(
      SqlParserPos pos,
      boolean ifNotExists,
      SqlIdentifier name,
      List<ColumnClause> columns,
      List<TableConstraint> constraints,
      @Nullable SqlIdentifier method,
      List<Option> options,
      boolean systemVersioned,
      @Nullable SqlNode query) {
    super(pos, "CREATE TABLE");
    this.ifNotExists = ifNotExists;
    this.name = name;
    this.columns = List.copyOf(columns);
    this.constraints = List.copyOf(constraints);
    this.method = method;
    this.options = List.copyOf(options);
    this.systemVersioned = systemVersioned;
    this.query = query;
  }

  /** Whether an existing table is no error. */
  public boolean ifNotExists() {
    return ifNotExists;
  }

  /** The table, qualified or not. */
  public SqlIdentifier name() {
    return name;
  }

  /** The columns in order. */
  public List<ColumnClause> columns() {
    return columns;
  }

  /** The constraints written after or between the columns. */
  public List<TableConstraint> constraints() {
    return constraints;
  }

  /** The table type of {@code USING}, or null. */
  public @Nullable SqlIdentifier method() {
    return method;
  }

  /** The pairs of {@code WITH (...)}. */
  public List<Option> options() {
    return options;
  }

  /** Whether {@code WITH SYSTEM VERSIONING} was given. */
  public boolean systemVersioned() {
    return systemVersioned;
  }

  /** The query of {@code AS}, or null. */
  public @Nullable SqlNode query() {
    return query;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("CREATE TABLE");
    if (ifNotExists) {
      u.words("IF NOT EXISTS");
    }
    u.node(name);
    if (!columns.isEmpty() || !constraints.isEmpty()) {
      u.open();
      for (ColumnClause column : columns) {
        u.separate();
        column.unparse(u);
      }
      for (TableConstraint constraint : constraints) {
        u.separate();
        u.constraint(constraint);
      }
      u.close();
    }
    if (method != null) {
      u.words("USING").node(method);
    }
    if (!options.isEmpty()) {
      u.words("WITH").options(options);
    }
    if (systemVersioned) {
      u.words("WITH SYSTEM VERSIONING");
    }
    if (query != null) {
      u.words("AS").node(query);
    }
  }
}
