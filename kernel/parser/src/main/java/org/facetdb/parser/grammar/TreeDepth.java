package org.facetdb.parser.grammar;

import java.util.ArrayDeque;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.parser.Statement;
import org.jspecify.annotations.Nullable;

/** Refuses trees too deep for those who walk them by recursion. Stateless. */
final class TreeDepth {
  /** About what the validator walks on a stack of 1 MiB. */
  static final int DEPTH_MAX = 1_000;

  private record Step(SqlNode node, int depth) {}

  private TreeDepth() {}

  static void check(SqlNode root, String sql) {
    ArrayDeque<Step> rest = new ArrayDeque<>();
    push(rest, root, 1);
    while (!rest.isEmpty()) {
      Step step = rest.pop();
      if (step.depth > DEPTH_MAX) {
        throw new SqlSyntaxException(
            "54001", "statement is nested too deeply: limit=" + DEPTH_MAX, sql, 0);
      }
      switch (step.node) {
        case Statement statement -> {
          for (SqlNode part : StatementParts.of(statement)) {
            push(rest, part, step.depth + 1);
          }
        }
        case SqlCall call -> {
          for (SqlNode operand : call.getOperandList()) {
            push(rest, operand, step.depth + 1);
          }
        }
        case SqlNodeList list -> {
          for (SqlNode item : list) {
            push(rest, item, step.depth);
          }
        }
        default -> {}
      }
    }
  }

  private static void push(ArrayDeque<Step> rest, @Nullable SqlNode node, int depth) {
    if (node != null) {
      rest.push(new Step(node, depth));
    }
  }
}
