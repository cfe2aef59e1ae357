package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code CREATE [OR REPLACE] VIEW name [(columns)] AS query}. */
public final class CreateView extends Statement {
  private final boolean replace;
  private final SqlIdentifier name;
  private final List<SqlIdentifier> columns;
  private final SqlNode query;

  /** Takes the parts as they were written. */
  public CreateView(
      SqlParserPos pos,
      boolean replace,
      SqlIdentifier name,
      List<SqlIdentifier> columns,
      SqlNode query) {
    super(pos, "CREATE VIEW");
    this.replace = replace;
    this.name = name;
    this.columns = List.copyOf(columns);
    this.query = query;
  }

  /** Whether {@code OR REPLACE} was given. */
  public boolean replace() {
    return replace;
  }

  /** The view. */
  public SqlIdentifier name() {
    return name;
  }

  /** The names of its columns, empty for those of the query. */
  public List<SqlIdentifier> columns() {
    return columns;
  }

  /** The query. */
  public SqlNode query() {
    return query;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(replace ? "CREATE OR REPLACE VIEW" : "CREATE VIEW").node(name);
    u.optionalNames(columns).words("AS").node(query);
  }
}
