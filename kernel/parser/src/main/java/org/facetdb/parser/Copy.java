package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code COPY table [(columns)] FROM source [WITH] (options)}, {@code COPY table | (query) TO
 * target [WITH] (options)}.
 */
public final class Copy extends Statement {
  private final @Nullable SqlIdentifier table;
  private final List<SqlIdentifier> columns;
  private final @Nullable SqlNode query;
  private final boolean from;
  private final @Nullable String file;
  private final List<Option> options;

  /** Takes the parts as they were written. */
  public Copy(
      SqlParserPos pos,
      @Nullable SqlIdentifier table,
      List<SqlIdentifier> columns,
      @Nullable SqlNode query,
      boolean from,
      @Nullable String file,
      List<Option> options) {
    super(pos, "COPY");
    this.table = table;
    this.columns = List.copyOf(columns);
    this.query = query;
    this.from = from;
    this.file = file;
    this.options = List.copyOf(options);
  }

  /** The table, or null where a query is copied. */
  public @Nullable SqlIdentifier table() {
    return table;
  }

  /** The named columns, empty for all. */
  public List<SqlIdentifier> columns() {
    return columns;
  }

  /** The query, or null where a table is copied. */
  public @Nullable SqlNode query() {
    return query;
  }

  /** True for {@code FROM}, false for {@code TO}. */
  public boolean from() {
    return from;
  }

  /** The file as written, or null for {@code STDIN} and {@code STDOUT}. */
  public @Nullable String file() {
    return file;
  }

  /** The options with lower-case names; the old form without parentheses gives the same pairs. */
  public List<Option> options() {
    return options;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("COPY");
    if (table != null) {
      u.node(table);
      u.optionalNames(columns);
    }
    if (query != null) {
      u.open().node(query).close();
    }
    u.words(from ? "FROM" : "TO");
    if (file != null) {
      u.string(file);
    } else {
      u.words(from ? "STDIN" : "STDOUT");
    }
    if (!options.isEmpty()) {
      u.words("WITH").spaced(options);
    }
  }
}
