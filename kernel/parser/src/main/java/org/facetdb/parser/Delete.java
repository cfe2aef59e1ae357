package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** {@code DELETE FROM table [AS alias] [USING tables] [WHERE condition] [RETURNING ...]}. */
public final class Delete extends Statement {
  private final SqlIdentifier table;
  private final @Nullable SqlIdentifier alias;
  private final @Nullable SqlNode using;
  private final @Nullable SqlNode where;
  private final List<SqlNode> returning;

  /** Takes the parts as they were written. */
  public Delete(
      SqlParserPos pos,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      @Nullable SqlNode using,
      @Nullable SqlNode where,
      List<SqlNode> returning) {
    super(pos, "DELETE");
    this.table = table;
    this.alias = alias;
    this.using = using;
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

  /** The further tables of {@code USING}, or null. */
  public @Nullable SqlNode using() {
    return using;
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
    u.words("DELETE FROM").node(table);
    if (alias != null) {
      u.words("AS").node(alias);
    }
    if (using != null) {
      u.words("USING").node(using);
    }
    if (where != null) {
      u.words("WHERE").node(where);
    }
    u.returning(returning);
  }
}
