package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.grammar.Grammar;

/**
 * Turns texts into trees. A query gives Calcite's nodes (SELECT, ORDER BY, WITH, set operations,
 * VALUES), anything else a {@link Statement}. Thread-safe: no state.
 */
public final class SqlParsing {
  private SqlParsing() {}

  /**
   * Parses one statement, with or without a semicolon at its end.
   *
   * @throws SqlSyntaxException if it is not exactly one
   */
  public static SqlNode parse(String sql) {
    return Grammar.statement(sql);
  }

  /**
   * Parses one scalar expression, as a CHECK or DEFAULT clause has it.
   *
   * @throws SqlSyntaxException if it is not exactly one
   */
  public static SqlNode parseExpression(String sql) {
    return Grammar.expression(sql);
  }

  /**
   * Splits a script at the semicolons outside strings, quoted names, comments and dollar quotes.
   * Statements without any token are left out. A token without an end belongs to the last
   * statement, whose parsing then reports it.
   */
  public static List<StatementText> split(String script) {
    return Grammar.split(script);
  }
}
