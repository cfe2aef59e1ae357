package org.facetdb.parser.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Arranges operands and operators, fed in the order written, into a tree by PostgreSQL's
 * precedence; two stacks, as Dijkstra's shunting yard has them. Long chains of AND and OR become
 * balanced trees, so that a generated filter doesn't exhaust the stack of whoever walks it.
 * Confined to one expression.
 */
final class ExpressionBuilder {
  /** How close an operator binds, loosest first; PostgreSQL's table in its manual, 4.1.6. */
  enum Level {
    OR,
    AND,
    NOT,
    IS,
    COMPARE,
    MATCH,
    OTHER,
    ADD,
    MULTIPLY,
    POWER,
    AT,
    SIGN,
    SUBSCRIPT,
    CAST
  }

  /** Chains up to this length lean to the left, as people expect to see them. */
  private static final int CHAIN_LENGTH_MAX = 32;

  private record Pending(Level level, SqlOperator operator, SqlParserPos pos, boolean prefix) {
    boolean isChain() {
      return !prefix && (level == Level.AND || level == Level.OR);
    }
  }

  private final ParserSupport support;
  private final ArrayDeque<SqlNode> operands = new ArrayDeque<>();
  private final ArrayDeque<Pending> operators = new ArrayDeque<>();

  ExpressionBuilder(ParserSupport support) {
    this.support = support;
  }

  void operand(SqlNode node) {
    operands.push(node);
  }

  void prefix(Level level, SqlOperator operator, SqlParserPos pos) {
    operators.push(new Pending(level, operator, pos, true));
  }

  void binary(Level level, SqlOperator operator, SqlParserPos pos) {
    boolean chain = level == Level.AND || level == Level.OR;
    while (!operators.isEmpty()) {
      Pending top = operators.element();
      int order = top.level.compareTo(level);
      if (order < 0 || (order == 0 && chain)) {
        break;
      }
      if (order == 0 && level == Level.COMPARE) {
        throw support.syntaxErrorAtLast();
      }
      reduce();
    }
    operators.push(new Pending(level, operator, pos, false));
  }

  /** Applies an operator that stands after its first operand and brings the others along. */
  void postfix(Level level, SqlOperator operator, SqlParserPos pos, SqlNode... others) {
    while (!operators.isEmpty() && operators.element().level.compareTo(level) >= 0) {
      reduce();
    }
    SqlNode first = operands.pop();
    List<SqlNode> all = new ArrayList<>(others.length + 1);
    all.add(first);
    all.addAll(List.of(others));
    operands.push(operator.createCall(first.getParserPosition().plus(pos), all));
  }

  SqlNode build() {
    while (!operators.isEmpty()) {
      reduce();
    }
    return operands.pop();
  }

  private void reduce() {
    Pending top = operators.element();
    if (top.isChain()) {
      reduceChain(top);
      return;
    }
    operators.pop();
    if (top.prefix) {
      SqlNode operand = operands.pop();
      SqlParserPos pos = top.pos.plus(operand.getParserPosition());
      boolean minus = top.operator == SqlStdOperatorTable.UNARY_MINUS;
      if (minus && operand instanceof SqlNumericLiteral number && !support.isNegative(number)) {
        operands.push(SqlLiteral.createNegative(number, pos));
      } else {
        operands.push(top.operator.createCall(pos, operand));
      }
      return;
    }
    SqlNode right = operands.pop();
    SqlNode left = operands.pop();
    operands.push(call(top.operator, left, right));
  }

  private void reduceChain(Pending top) {
    ArrayDeque<SqlNode> chain = new ArrayDeque<>();
    chain.push(operands.pop());
    while (!operators.isEmpty()
        && operators.element().isChain()
        && operators.element().level == top.level) {
      operators.pop();
      chain.push(operands.pop());
    }
    List<SqlNode> nodes = new ArrayList<>(chain);
    if (nodes.size() > CHAIN_LENGTH_MAX) {
      operands.push(balanced(top.operator, nodes));
      return;
    }
    SqlNode tree = nodes.getFirst();
    for (SqlNode node : nodes.subList(1, nodes.size())) {
      tree = call(top.operator, tree, node);
    }
    operands.push(tree);
  }

  private static SqlNode balanced(SqlOperator operator, List<SqlNode> nodes) {
    if (nodes.size() == 1) {
      return nodes.getFirst();
    }
    int middle = nodes.size() / 2;
    return call(
        operator,
        balanced(operator, nodes.subList(0, middle)),
        balanced(operator, nodes.subList(middle, nodes.size())));
  }

  private static SqlNode call(SqlOperator operator, SqlNode left, SqlNode right) {
    return operator.createCall(
        left.getParserPosition().plus(right.getParserPosition()), left, right);
  }
}
