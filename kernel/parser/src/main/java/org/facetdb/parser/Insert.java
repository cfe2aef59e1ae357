package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code INSERT INTO table [AS alias] [(columns)] query | DEFAULT VALUES [ON CONFLICT ...]
 * [RETURNING ...]}. Rows of {@code VALUES} may hold calls of {@code SqlStdOperatorTable.DEFAULT}.
 */
public final class Insert extends Statement {
  private final SqlIdentifier table;
  private final @Nullable SqlIdentifier alias;
  private final List<SqlIdentifier> columns;
  private final @Nullable SqlNode source;
  private final @Nullable OnConflict onConflict;
  private final List<SqlNode> returning;

  /** Takes the parts as they were written. */
  public Insert(
      SqlParserPos pos,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      List<SqlIdentifier> columns,
      @Nullable SqlNode source,
      @Nullable OnConflict onConflict,
      List<SqlNode> returning) {
    super(pos, "INSERT");
    this.table = table;
    this.alias = alias;
    this.columns = List.copyOf(columns);
    this.source = source;
    this.onConflict = onConflict;
    this.returning = List.copyOf(returning);
  }

  /** The target. */
  public SqlIdentifier table() {
    return table;
  }

  /** Its alias, or null. */
  public @Nullable SqlIdentifier alias() {
    return alias;
  }

  /** The named columns, empty for all in order. */
  public List<SqlIdentifier> columns() {
    return columns;
  }

  /** The query, or null for {@code DEFAULT VALUES}. */
  public @Nullable SqlNode source() {
    return source;
  }

  /** The {@code ON CONFLICT} clause, or null. */
  public @Nullable OnConflict onConflict() {
    return onConflict;
  }

  /** The {@code RETURNING} list, empty where absent. */
  public List<SqlNode> returning() {
    return returning;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("INSERT INTO").node(table);
    if (alias != null) {
      u.words("AS").node(alias);
    }
    u.optionalNames(columns);
    if (source == null) {
      u.words("DEFAULT VALUES");
    } else {
      u.node(source);
    }
    if (onConflict != null) {
      onConflict.unparse(u);
    }
    u.returning(returning);
  }
}
