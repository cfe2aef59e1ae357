package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code DROP INDEX [CONCURRENTLY] [IF EXISTS] a, b [CASCADE | RESTRICT]}. */
public final class DropIndex extends Statement {
  private final boolean ifExists;
  private final List<SqlIdentifier> names;
  private final boolean cascade;

  /** Takes the parts as they were written. */
  public DropIndex(SqlParserPos pos, boolean ifExists, List<SqlIdentifier> names, boolean cascade) {
    super(pos, "DROP INDEX");
    this.ifExists = ifExists;
    this.names = List.copyOf(names);
    this.cascade = cascade;
  }

  /** Whether a missing index is no error. */
  public boolean ifExists() {
    return ifExists;
  }

  /** The indexes. */
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
    u.words(ifExists ? "DROP INDEX IF EXISTS" : "DROP INDEX").nodes(names);
    if (cascade) {
      u.words("CASCADE");
    }
  }
}
