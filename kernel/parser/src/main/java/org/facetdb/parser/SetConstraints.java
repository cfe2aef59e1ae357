package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code SET CONSTRAINTS {ALL | name, ...} {DEFERRED | IMMEDIATE}}. */
public final class SetConstraints extends Statement {
  private final List<SqlIdentifier> names;
  private final boolean deferred;

  /** Takes the parts as they were written. */
  public SetConstraints(SqlParserPos pos, List<SqlIdentifier> names, boolean deferred) {
    super(pos, "SET CONSTRAINTS");
    this.names = List.copyOf(names);
    this.deferred = deferred;
  }

  /** The constraints; none means {@code ALL}. */
  public List<SqlIdentifier> names() {
    return names;
  }

  /** Whether they are checked at the commit, not at the end of each statement. */
  public boolean deferred() {
    return deferred;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("SET CONSTRAINTS");
    if (names.isEmpty()) {
      u.words("ALL");
    } else {
      u.nodes(names);
    }
    u.words(deferred ? "DEFERRED" : "IMMEDIATE");
  }
}
