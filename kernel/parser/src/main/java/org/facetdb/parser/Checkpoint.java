package org.facetdb.parser;

import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code CHECKPOINT}. */
public final class Checkpoint extends Statement {
  /** Takes the place where it stands. */
  public Checkpoint(SqlParserPos pos) {
    super(pos, "CHECKPOINT");
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    new Unparse(writer).words("CHECKPOINT");
  }
}
