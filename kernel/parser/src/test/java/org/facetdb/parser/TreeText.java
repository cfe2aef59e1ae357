package org.facetdb.parser;

import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.dialect.PostgresqlSqlDialect;

/** Writes a tree so that its shape can be seen: calls in parentheses, operator first. */
final class TreeText {
  private TreeText() {}

  static String of(SqlNode node) {
    return switch (node) {
      case null -> "-";
      case Statement statement -> statement(statement);
      case SqlIdentifier id ->
          id.names.stream().map(n -> n.isEmpty() ? "*" : n).collect(Collectors.joining("."));
      case SqlDynamicParam parameter -> "$" + (parameter.getIndex() + 1);
      case SqlCharStringLiteral string -> "'" + string.getValueAs(String.class) + "'";
      case SqlLiteral literal -> String.valueOf(literal);
      case SqlDataTypeSpec type -> String.valueOf(type.getTypeNameSpec());
      case SqlNodeList list ->
          list.stream().map(TreeText::of).collect(Collectors.joining(", ", "[", "]"));
      case SqlSelect select -> select(select);
      case SqlJoin join ->
          "(%s%s %s %s %s)"
              .formatted(
                  join.isNatural() ? "NATURAL " : "",
                  join.getJoinType(),
                  of(join.getLeft()),
                  of(join.getRight()),
                  of(join.getCondition()));
      case SqlCall call ->
          call.getOperandList().stream()
              .map(TreeText::of)
              .collect(
                  Collectors.joining(
                      " ",
                      "("
                          + call.getOperator().getName()
                          + (call.getFunctionQuantifier() == null
                              ? ""
                              : " " + call.getFunctionQuantifier())
                          + (call.operandCount() == 0 ? "" : " "),
                      ")"));
      default -> String.valueOf(node);
    };
  }

  private static String statement(Statement statement) {
    return statement
        .toSqlString(
            c ->
                c.withDialect(PostgresqlSqlDialect.DEFAULT)
                    .withAlwaysUseParentheses(false)
                    .withQuoteAllIdentifiers(false)
                    .withIndentation(0)
                    .withLineFolding(null)
                    .withClauseStartsLine(false)
                    .withSelectListItemsOnSeparateLines(false))
        .getSql()
        .replaceAll("\\s+", " ");
  }

  private static String select(SqlSelect select) {
    StringBuilder out = new StringBuilder("(SELECT ");
    if (select.isDistinct()) {
      out.append("DISTINCT ");
    }
    out.append(of(select.getSelectList()));
    clause(out, "FROM", select.getFrom());
    clause(out, "WHERE", select.getWhere());
    clause(out, "GROUP", select.getGroup());
    clause(out, "HAVING", select.getHaving());
    if (!select.getWindowList().isEmpty()) {
      clause(out, "WINDOW", select.getWindowList());
    }
    return out.append(')').toString();
  }

  private static void clause(StringBuilder out, String word, SqlNode node) {
    if (node != null) {
      out.append(' ').append(word).append(' ').append(of(node));
    }
  }
}
