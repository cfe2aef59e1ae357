package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code VACUUM [(options)] [table, ...]}; the words of the older form are options too. */
public final class Vacuum extends Statement {
  private final List<Option> options;
  private final List<SqlIdentifier> tables;

  /** Takes the parts as they were written. */
  public Vacuum(SqlParserPos pos, List<Option> options, List<SqlIdentifier> tables) {
    super(pos, "VACUUM");
    this.options = List.copyOf(options);
    this.tables = List.copyOf(tables);
  }

  /** The options, empty if none are given. */
  public List<Option> options() {
    return options;
  }

  /** The tables, empty for all. */
  public List<SqlIdentifier> tables() {
    return tables;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("VACUUM");
    if (!options.isEmpty()) {
      u.spaced(options);
    }
    u.nodes(tables);
  }
}
