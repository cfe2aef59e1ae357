package org.facetdb.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code SHOW name}. */
public final class ShowVariable extends Statement {
  private final SqlIdentifier name;

  /** Takes the parts as they were written. */
  public ShowVariable(SqlParserPos pos, SqlIdentifier name) {
    super(pos, "SHOW");
    this.name = name;
  }

  /** The setting, or {@code all}. */
  public SqlIdentifier name() {
    return name;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("SHOW").node(name);
  }
}
