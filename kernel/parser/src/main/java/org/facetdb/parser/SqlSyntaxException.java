package org.facetdb.parser;

/**
 * A text that is no statement of the dialect. Carries the SQLSTATE (42601 for syntax, 54001 for a
 * statement too deep or too large, 0A000 for what the grammar knows but does not offer) and the
 * place. Immutable.
 */
public final class SqlSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String sqlState;
  private final int offset;
  private final int line;
  private final int column;

  /** Takes the place as an offset in the text, in UTF-16 units from 0. */
  public SqlSyntaxException(String sqlState, String message, String sql, int offset) {
    super(message, null, false, false);
    this.sqlState = sqlState;
    this.offset = Math.clamp(offset, 0, sql.length());
    int lineNumber = 1;
    int lineStart = 0;
    for (int i = 0; i < this.offset; i++) {
      if (sql.charAt(i) == '\n') {
        lineNumber++;
        lineStart = i + 1;
      }
    }
    this.line = lineNumber;
    this.column = sql.codePointCount(lineStart, this.offset) + 1;
  }

  /** The SQLSTATE. */
  public String sqlState() {
    return sqlState;
  }

  /** The offset of the error in the text, in UTF-16 units, from 0. */
  public int offset() {
    return offset;
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** The column in characters, from 1. */
  public int column() {
    return column;
  }

  /** Two lines: the source line with the error, and a caret under its place. */
  public String render(String sql) {
    return Caret.render(sql, offset);
  }
}
