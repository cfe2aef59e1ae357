package org.facetdb.sql.ddl;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.dialect.PostgresqlSqlDialect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Litmus;
import org.facetdb.parser.SqlParsing;
import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/** From nodes back to the text they were read from. Stateless. */
public final class SourceText {
  private SourceText() {}

  /** The 1-based offset of a position, 0 if it has none. */
  public static int offset(String sql, SqlParserPos position) {
    return position.getLineNum() <= 0
        ? 0
        : start(sql, position.getLineNum(), position.getColumnNum()) + 1;
  }

  private static int start(String sql, int line, int column) {
    int offset = 0;
    for (int i = 1; i < line; i++) {
      int end = sql.indexOf('\n', offset);
      if (end < 0) {
        break;
      }
      offset = end + 1;
    }
    return Math.min(sql.length(), offset + column - 1);
  }

  /** The same error at a node's place. */
  public static DatabaseException at(DatabaseException error, String sql, SqlNode node) {
    return error.withPosition(offset(sql, node.getParserPosition()));
  }

  /**
   * The text of an expression, such that it reads back as the same tree: what was written where
   * that does, otherwise a normal form.
   */
  public static String of(String sql, SqlNode expression) {
    String written = written(sql, expression.getParserPosition());
    if (written != null && readsBack(written, expression)) {
      return written;
    }
    return expression
        .toSqlString(
            config ->
                config
                    .withDialect(PostgresqlSqlDialect.DEFAULT)
                    .withAlwaysUseParentheses(true)
                    .withQuoteAllIdentifiers(true))
        .getSql();
  }

  private static boolean readsBack(String text, SqlNode expression) {
    try {
      return SqlParsing.parseExpression(text).equalsDeep(expression, Litmus.IGNORE);
    } catch (SqlSyntaxException e) {
      return false;
    }
  }

  /** The written text with parentheses at its ends that the positions leave out. */
  private static @Nullable String written(String sql, SqlParserPos position) {
    if (position.getLineNum() <= 0) {
      return null;
    }
    int from = start(sql, position.getLineNum(), position.getColumnNum());
    int to =
        Math.min(
            sql.length(), start(sql, position.getEndLineNum(), position.getEndColumnNum()) + 1);
    if (from >= to) {
      return null;
    }
    int open = 0;
    int missing = 0;
    boolean quoted = false;
    for (int i = from; i < to; i++) {
      char c = sql.charAt(i);
      if (c == '\'') {
        quoted = !quoted;
      } else if (!quoted && c == '(') {
        open++;
      } else if (!quoted && c == ')' && open-- == 0) {
        missing++;
        open = 0;
      }
    }
    return "(".repeat(missing) + sql.substring(from, to) + ")".repeat(open);
  }

  /** The table's name of a possibly qualified identifier; 3F000 for another schema. */
  public static String publicName(String sql, SqlIdentifier identifier) {
    int parts = identifier.names.size();
    if (parts > 1) {
      String schema = identifier.names.get(parts - 2);
      if (!schema.equals(org.facetdb.sql.catalog.CatalogSnapshot.PUBLIC)) {
        throw at(
            DatabaseException.user("3F000", "schema \"" + schema + "\" does not exist"),
            sql,
            identifier);
      }
    }
    return identifier.names.get(parts - 1);
  }
}
