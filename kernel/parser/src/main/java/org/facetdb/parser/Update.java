package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code UPDATE table [AS alias] SET assignments [FROM tables] [WHERE condition] [RETURNING ...]}.
 */
public final class Update extends Statement {
  private final SqlIdentifier table;
  private final @Nullable SqlIdentifier alias;
  private final List<Assignment> assignments;
  private final @Nullable SqlNode from;
  private final @Nullable SqlNode where;
  private final List<SqlNode> returning;

  /** Takes the parts as they were written. */
  public Update(
      SqlParserPos pos,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      List<Assignment> assignments,
      @Nullable SqlNode from,
      @Nullable SqlNode where,
      List<SqlNode> returning) {
    super(pos, "UPDATE");
    this.table = table;
    this.alias = alias;
    this.assignments = List.copyOf(assignments);
    this.from = from;
    this.where = where;
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

  /** The assignments in order. */
  public List<Assignment> assignments() {
    return assignments;
  }

  /** The further tables of {@code FROM}, or null. */
  public @Nullable SqlNode from() {
    return from;
  }

  /** The condition, or null. */
  public @Nullable SqlNode where() {
    return where;
  }

  /** The {@code RETURNING} list, empty where absent. */
  public List<SqlNode> returning() {
    return returning;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("UPDATE").node(table);
    if (alias != null) {
      u.words("AS").node(alias);
    }
    u.words("SET");
    u.assignments(assignments);
    if (from != null) {
      u.words("FROM").node(from);
    }
    if (where != null) {
      u.words("WHERE").node(where);
    }
    u.returning(returning);
  }
}
