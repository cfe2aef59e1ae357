package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code TRUNCATE [TABLE] a, b [CASCADE | RESTRICT]}. */
public final class Truncate extends Statement {
  private final List<SqlIdentifier> names;
  private final boolean cascade;

  /** Takes the parts as they were written. */
  public Truncate(SqlParserPos pos, List<SqlIdentifier> names, boolean cascade) {
    super(pos, "TRUNCATE TABLE");
    this.names = List.copyOf(names);
    this.cascade = cascade;
  }

  /** The tables. */
  public List<SqlIdentifier> names() {
    return names;
  }

  /** Whether {@code CASCADE} was given. */
  public boolean cascade() {
    return cascade;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("TRUNCATE TABLE").nodes(names);
    if (cascade) {
      u.words("CASCADE");
    }
  }
}
