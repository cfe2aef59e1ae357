package org.facetdb.sql.bind;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The text of a statement, which turns the parser's lines and columns into character offsets and
 * raises the binder's errors at them. Immutable.
 */
record SourceText(String sql) {
  /** The 1-based character offset of a position, 0 if the position is unknown. */
  int offset(@Nullable SqlParserPos position) {
    if (position == null || position.getLineNum() <= 0) {
      return 0;
    }
    int line = 1;
    int start = 0;
    while (line < position.getLineNum()) {
      int end = sql.indexOf('\n', start);
      if (end < 0) {
        return 0;
      }
      start = end + 1;
      line++;
    }
    return start + position.getColumnNum();
  }

  DatabaseException error(@Nullable SqlParserPos position, String sqlState, String message) {
    return DatabaseException.user(sqlState, message).withPosition(offset(position));
  }

  DatabaseException error(@Nullable SqlNode node, String sqlState, String message) {
    return error(node == null ? null : node.getParserPosition(), sqlState, message);
  }

  DatabaseException error(
      @Nullable SqlParserPos position, String sqlState, String message, String hint) {
    return error(position, sqlState, message).withHint(hint);
  }

  /** The same error at a position, unless it has one. */
  DatabaseException locate(DatabaseException error, @Nullable SqlParserPos position) {
    return error.position() > 0 ? error : error.withPosition(offset(position));
  }

  DatabaseException unsupported(@Nullable SqlNode node, String what) {
    return error(node, "0A000", what + " is not supported");
  }
}
