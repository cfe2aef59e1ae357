package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code EXPLAIN [ANALYZE] [VERBOSE] [(options)] statement}. */
public final class Explain extends Statement {
  private final boolean analyze;
  private final List<Option> options;
  private final SqlNode statement;

  /** Takes the parts as they were written. */
  public Explain(SqlParserPos pos, boolean analyze, List<Option> options, SqlNode statement) {
    super(pos, "EXPLAIN");
    this.analyze = analyze;
    this.options = List.copyOf(options);
    this.statement = statement;
  }

  /** Whether the statement is to be run. */
  public boolean analyze() {
    return analyze;
  }

  /** The options in parentheses, {@code analyze} left out. */
  public List<Option> options() {
    return options;
  }

  /** The explained statement. */
  public SqlNode statement() {
    return statement;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(analyze ? "EXPLAIN ANALYZE" : "EXPLAIN");
    if (!options.isEmpty()) {
      u.spaced(options);
    }
    u.node(statement);
  }
}
