package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** {@code ANALYZE [table [(columns)]]}. */
public final class Analyze extends Statement {
  private final @Nullable SqlIdentifier table;
  private final List<SqlIdentifier> columns;

  /** Takes the parts as they were written. */
  public Analyze(SqlParserPos pos, @Nullable SqlIdentifier table, List<SqlIdentifier> columns) {
    super(pos, "ANALYZE");
    this.table = table;
    this.columns = List.copyOf(columns);
  }

  /** The table, or null for all. */
  public @Nullable SqlIdentifier table() {
    return table;
  }

  /** The columns, empty for all. */
  public List<SqlIdentifier> columns() {
    return columns;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("ANALYZE");
    if (table != null) {
      u.node(table);
      u.optionalNames(columns);
    }
  }
}
