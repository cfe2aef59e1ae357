package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code SET [SESSION | LOCAL] name = values}, {@code RESET name}. */
public final class SetVariable extends Statement {
  private final boolean local;
  private final SqlIdentifier name;
  private final List<SqlNode> values;

  /** Takes the parts as they were written. */
  public SetVariable(SqlParserPos pos, boolean local, SqlIdentifier name, List<SqlNode> values) {
    super(pos, "SET");
    this.local = local;
    this.name = name;
    this.values = List.copyOf(values);
  }

  /** Whether it is for the transaction alone. */
  public boolean local() {
    return local;
  }

  /** The setting; {@code all} for {@code RESET ALL}. */
  public SqlIdentifier name() {
    return name;
  }

  /** Literals and identifiers; empty for {@code DEFAULT} and {@code RESET}. */
  public List<SqlNode> values() {
    return values;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(local ? "SET LOCAL" : "SET").node(name).words("TO");
    if (values.isEmpty()) {
      u.words("DEFAULT");
    } else {
      u.nodes(values);
    }
  }
}
