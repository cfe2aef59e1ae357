package org.facetdb.sql.bind;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.parser.LockedQuery;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Binds scalar expressions over one scope. Aggregates and window functions go to a collector where
 * the clause allows them. Used by one thread.
 */
final class ExpressionBinder {
  private final Binder binder;
  private final Scope scope;
  private final Env env;
  private final String clause;
  private final @Nullable AggregateCollector aggregates;
  private final LiteralBinder literals;

  ExpressionBinder(Binder binder, Scope scope, Env env, String clause) {
    this(binder, scope, env, clause, null);
  }

  /**
   * @param clause what error messages call the place
   * @param aggregates takes aggregates and windows, {@code null} where they are not allowed
   */
  ExpressionBinder(
      Binder binder, Scope scope, Env env, String clause, @Nullable AggregateCollector aggregates) {
    this.binder = binder;
    this.scope = scope;
    this.env = env;
    this.clause = clause;
    this.aggregates = aggregates;
    this.literals = new LiteralBinder(binder);
  }

  Binder binder() {
    return binder;
  }

  Scope scope() {
    return scope;
  }

  /** A binder for the arguments of an aggregate, which hold no aggregates. */
  ExpressionBinder within(String innerClause) {
    return new ExpressionBinder(binder, scope, env, innerClause, null);
  }

  String clause() {
    return clause;
  }

  /** Binds a condition, which must be boolean. */
  RexNode bindCondition(SqlNode node, String construct) {
    RexNode condition = bind(node);
    return RexUtil.flatten(binder.rex(), asBoolean(condition, construct, node));
  }

  private RexNode asBoolean(RexNode condition, String construct, SqlNode node) {
    Coercion coercion = binder.coercion();
    TypeKind kind = coercion.kind(condition);
    if (kind != TypeKind.BOOLEAN && kind != TypeKind.UNKNOWN) {
      throw binder
          .text()
          .error(
              node,
              "42804",
              "argument of "
                  + construct
                  + " must be type boolean, not type "
                  + coercion.name(condition.getType()));
    }
    return coercion.assign(condition, coercion.bool(true), node);
  }

  RexNode bind(SqlNode node) {
    return switch (node) {
      case SqlLiteral literal -> literals.bind(literal);
      case SqlDynamicParam parameter -> binder.coercion().parameter(parameter.getIndex());
      case SqlIdentifier identifier -> column(identifier);
      case SqlCase call -> bindCase(call);
      case LockedQuery query -> throw binder.lockedSubquery(query);
      case SqlCall call -> bindCall(call);
      default -> throw binder.text().unsupported(node, "this expression");
    };
  }

  List<RexNode> bindAll(List<? extends SqlNode> nodes) {
    List<RexNode> bound = new ArrayList<>();
    for (SqlNode node : nodes) {
      bound.add(bind(node));
    }
    return bound;
  }

  private RexNode bindCall(SqlCall call) {
    SqlOperator operator = call.getOperator();
    return switch (call.getKind()) {
      case AND, OR -> logical(call);
      case NOT ->
          binder
              .rex()
              .makeCall(
                  SqlStdOperatorTable.NOT,
                  asBoolean(bind(call.operand(0)), "NOT", call.operand(0)));
      case EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          IS_DISTINCT_FROM,
          IS_NOT_DISTINCT_FROM ->
          comparison(call);
      case IS_NULL, IS_NOT_NULL -> nullTest(call);
      case IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN -> truthTest(call, operator);
      case BETWEEN -> between(call);
      case IN, NOT_IN -> in(call);
      case SOME, ALL -> quantified(call);
      case EXISTS -> RexSubQuery.exists(subquery(call.operand(0)).rel());
      case SCALAR_QUERY -> scalar(call.operand(0));
      case SELECT, UNION, INTERSECT, EXCEPT, VALUES, WITH, ORDER_BY -> scalar(call);
      case CAST, SAFE_CAST -> cast(call);
      case ROW -> throw binder.text().unsupported(call, "a row value here");
      case OVER -> collector(call, true).window(this, call);
      case FILTER, WITHIN_GROUP -> collector(call, false).aggregate(this, call);
      case AS -> bind(call.operand(0));
      default -> function(call, operator);
    };
  }

  private RexNode function(SqlCall call, SqlOperator operator) {
    if (operator == SqlStdOperatorTable.IS_NOT_UNKNOWN) {
      return truthTest(call, SqlStdOperatorTable.IS_NOT_NULL);
    }
    if (binder.functions().isAggregate(call)) {
      return collector(call, false).aggregate(this, call);
    }
    return binder.functions().bind(this, call);
  }

  private AggregateCollector collector(SqlCall call, boolean window) {
    if (aggregates == null) {
      throw binder
          .text()
          .error(
              call,
              window ? "42P20" : "42803",
              (window ? "window functions are" : "aggregate functions are")
                  + " not allowed in "
                  + clause);
    }
    return aggregates;
  }

  private RexNode logical(SqlCall call) {
    List<RexNode> operands = new ArrayList<>();
    // Long chains nest to the left, deeper than the stack would carry.
    SqlNode rest = call;
    List<SqlNode> flat = new ArrayList<>();
    while (rest.getKind() == call.getKind() && ((SqlCall) rest).operandCount() == 2) {
      flat.addFirst(((SqlCall) rest).operand(1));
      rest = ((SqlCall) rest).operand(0);
    }
    flat.addFirst(rest);
    for (SqlNode operand : flat) {
      RexNode bound = asBoolean(bind(operand), call.getOperator().getName(), operand);
      if (bound instanceof RexCall inner && inner.getOperator() == call.getOperator()) {
        operands.addAll(inner.getOperands());
      } else {
        operands.add(bound);
      }
    }
    return binder.rex().makeCall(call.getOperator(), operands);
  }

  private RexNode comparison(SqlCall call) {
    SqlNode left = call.operand(0);
    SqlNode right = call.operand(1);
    if (left.getKind() == SqlKind.ROW && right.getKind() == SqlKind.ROW) {
      return rowComparison(call, row(left), row(right));
    }
    return binder.functions().comparison(call.getOperator(), bind(left), bind(right), call);
  }

  private static List<SqlNode> row(SqlNode node) {
    return node.getKind() == SqlKind.ROW ? ((SqlCall) node).getOperandList() : List.of(node);
  }

  private RexNode rowComparison(SqlCall call, List<SqlNode> lefts, List<SqlNode> rights) {
    if (lefts.size() != rights.size()) {
      throw binder.text().error(call, "42601", "unequal number of entries in row expressions");
    }
    List<RexNode> l = bindAll(lefts);
    List<RexNode> r = bindAll(rights);
    return switch (call.getKind()) {
      case EQUALS, IS_NOT_DISTINCT_FROM ->
          RexUtil.composeConjunction(binder.rex(), pairwise(call.getOperator(), l, r, call));
      case NOT_EQUALS, IS_DISTINCT_FROM ->
          RexUtil.composeDisjunction(binder.rex(), pairwise(call.getOperator(), l, r, call));
      default -> lexical(call, l, r, 0);
    };
  }

  private List<RexNode> pairwise(
      SqlOperator operator, List<RexNode> left, List<RexNode> right, SqlNode at) {
    List<RexNode> result = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      result.add(binder.functions().comparison(operator, left.get(i), right.get(i), at));
    }
    return result;
  }

  /** {@code (a, b) < (c, d)} is {@code a < c OR a = c AND b < d}. */
  private RexNode lexical(SqlCall call, List<RexNode> left, List<RexNode> right, int from) {
    if (from == left.size() - 1) {
      return binder
          .functions()
          .comparison(call.getOperator(), left.get(from), right.get(from), call);
    }
    SqlOperator strict =
        call.getKind() == SqlKind.LESS_THAN || call.getKind() == SqlKind.LESS_THAN_OR_EQUAL
            ? SqlStdOperatorTable.LESS_THAN
            : SqlStdOperatorTable.GREATER_THAN;
    FunctionBinder functions = binder.functions();
    RexNode first = functions.comparison(strict, left.get(from), right.get(from), call);
    RexNode same =
        functions.comparison(SqlStdOperatorTable.EQUALS, left.get(from), right.get(from), call);
    RexNode rest = lexical(call, left, right, from + 1);
    return binder
        .rex()
        .makeCall(
            SqlStdOperatorTable.OR,
            first,
            binder.rex().makeCall(SqlStdOperatorTable.AND, same, rest));
  }

  private RexNode nullTest(SqlCall call) {
    if (call.operand(0).getKind() == SqlKind.ROW) {
      List<RexNode> tests = new ArrayList<>();
      for (SqlNode cell : row(call.operand(0))) {
        tests.add(binder.rex().makeCall(call.getOperator(), known(bind(cell))));
      }
      return RexUtil.composeConjunction(binder.rex(), tests);
    }
    return binder.rex().makeCall(call.getOperator(), known(bind(call.operand(0))));
  }

  private RexNode known(RexNode node) {
    return binder.coercion().isUnknown(node) ? binder.coercion().asText(node) : node;
  }

  private RexNode truthTest(SqlCall call, SqlOperator operator) {
    RexNode operand = bind(call.operand(0));
    SqlOperator test =
        operator.getKind() == SqlKind.IS_UNKNOWN ? SqlStdOperatorTable.IS_NULL : operator;
    return binder.rex().makeCall(test, asBoolean(operand, operator.getName(), call.operand(0)));
  }

  private RexNode between(SqlCall call) {
    boolean negated =
        call.getOperator() instanceof org.apache.calcite.sql.fun.SqlBetweenOperator op
            && op.isNegated();
    boolean symmetric =
        call.getOperator() instanceof org.apache.calcite.sql.fun.SqlBetweenOperator op
            && op.flag == org.apache.calcite.sql.fun.SqlBetweenOperator.Flag.SYMMETRIC;
    RexNode value = bind(call.operand(0));
    RexNode low = bind(call.operand(1));
    RexNode high = bind(call.operand(2));
    RexNode inside = within(value, low, high, call);
    if (symmetric) {
      inside =
          binder.rex().makeCall(SqlStdOperatorTable.OR, inside, within(value, high, low, call));
    }
    return negated ? binder.rex().makeCall(SqlStdOperatorTable.NOT, inside) : inside;
  }

  private RexNode within(RexNode value, RexNode low, RexNode high, SqlNode at) {
    FunctionBinder functions = binder.functions();
    return binder
        .rex()
        .makeCall(
            SqlStdOperatorTable.AND,
            functions.comparison(SqlStdOperatorTable.GREATER_THAN_OR_EQUAL, value, low, at),
            functions.comparison(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, value, high, at));
  }

  private RexNode in(SqlCall call) {
    SqlNode right = call.operand(1);
    RexNode result =
        right instanceof SqlNodeList list
            ? inList(call.operand(0), list, call)
            : inQuery(call.operand(0), right, call);
    return call.getKind() == SqlKind.NOT_IN
        ? binder.rex().makeCall(SqlStdOperatorTable.NOT, result)
        : result;
  }

  private RexNode inList(SqlNode left, SqlNodeList list, SqlCall call) {
    if (left.getKind() == SqlKind.ROW) {
      List<RexNode> alternatives = new ArrayList<>();
      List<RexNode> l = bindAll(row(left));
      for (SqlNode item : list) {
        List<RexNode> r = bindAll(row(item));
        if (l.size() != r.size()) {
          throw binder.text().error(item, "42601", "unequal number of entries in row expressions");
        }
        alternatives.add(
            RexUtil.composeConjunction(
                binder.rex(), pairwise(SqlStdOperatorTable.EQUALS, l, r, call)));
      }
      return RexUtil.composeDisjunction(binder.rex(), alternatives);
    }
    RexNode value = bind(left);
    List<RexNode> alternatives = new ArrayList<>();
    for (SqlNode item : list) {
      alternatives.add(
          binder.functions().comparison(SqlStdOperatorTable.EQUALS, value, bind(item), call));
    }
    return RexUtil.composeDisjunction(binder.rex(), alternatives);
  }

  private RexNode inQuery(SqlNode left, SqlNode query, SqlCall call) {
    List<RexNode> operands = new ArrayList<>(bindAll(row(left)));
    Bound inner = settledLike(subqueryUnsettled(query), operands, call);
    for (int i = 0; i < operands.size(); i++) {
      operands.set(i, alike(operands.get(i), inner.rel(), i, call));
    }
    return RexSubQuery.in(inner.rel(), ImmutableList.copyOf(operands));
  }

  /** Brings a subquery's columns to the types in which they meet the operands. */
  private Bound settledLike(Bound inner, List<RexNode> operands, SqlNode at) {
    int width = inner.rel().getRowType().getFieldCount();
    if (width != operands.size()) {
      throw binder
          .text()
          .error(
              at,
              "42601",
              "subquery has too " + (width > operands.size() ? "many" : "few") + " columns");
    }
    List<@Nullable RelDataType> wishes = new ArrayList<>();
    Bound known = binder.settle(inner, List.of());
    for (int i = 0; i < width; i++) {
      RelDataType column = known.rel().getRowType().getFieldList().get(i).getType();
      wishes.add(binder.functions().comparisonType(operands.get(i), column, at));
    }
    return binder.settle(known, wishes);
  }

  private RexNode alike(RexNode operand, RelNode inner, int column, SqlNode at) {
    return binder
        .coercion()
        .assign(operand, inner.getRowType().getFieldList().get(column).getType(), at);
  }

  /** {@code x < ANY (query)}; ALL is the negation of ANY with the inverse comparison. */
  private RexNode quantified(SqlCall call) {
    SqlQuantifyOperator operator = (SqlQuantifyOperator) call.getOperator();
    SqlNode right = call.operand(1);
    boolean all = call.getKind() == SqlKind.ALL;
    SqlKind comparison = all ? operator.comparisonKind.negateNullSafe() : operator.comparisonKind;
    if (right instanceof SqlNodeList list) {
      throw binder.text().unsupported(list, "ANY over a list");
    }
    List<RexNode> operands = new ArrayList<>(bindAll(row(call.operand(0))));
    Bound inner = settledLike(subqueryUnsettled(right), operands, call);
    for (int i = 0; i < operands.size(); i++) {
      operands.set(i, alike(operands.get(i), inner.rel(), i, call));
    }
    RexNode some =
        RexSubQuery.some(
            inner.rel(), ImmutableList.copyOf(operands), SqlStdOperatorTable.some(comparison));
    return all ? binder.rex().makeCall(SqlStdOperatorTable.NOT, some) : some;
  }

  private Bound subqueryUnsettled(SqlNode query) {
    OuterLink link = scope.link(binder.cluster());
    return binder.bindQuery(query, env, link);
  }

  private Bound subquery(SqlNode query) {
    return binder.settle(subqueryUnsettled(query), List.of());
  }

  private RexNode scalar(SqlNode query) {
    Bound inner = subquery(query);
    if (inner.rel().getRowType().getFieldCount() != 1) {
      throw binder.text().error(query, "42601", "subquery must return only one column");
    }
    return RexSubQuery.scalar(inner.rel());
  }

  private RexNode cast(SqlCall call) {
    RexNode operand = bind(call.operand(0));
    SqlDataTypeSpec spec = call.operand(1);
    RelDataType target = literals.type(spec);
    return binder.functions().explicitCast(operand, target, call);
  }

  private RexNode bindCase(SqlCase call) {
    List<RexNode> conditions = new ArrayList<>();
    SqlNode subject = call.getValueOperand();
    RexNode value = subject == null ? null : bind(subject);
    for (SqlNode when : call.getWhenOperands()) {
      conditions.add(
          value == null
              ? bindCondition(when, "CASE/WHEN")
              : binder.functions().comparison(SqlStdOperatorTable.EQUALS, value, bind(when), when));
    }
    List<RexNode> results = new ArrayList<>(bindAll(call.getThenOperands()));
    SqlNode otherwise = call.getElseOperand();
    results.add(otherwise == null ? binder.rex().untypedNull() : bind(otherwise));
    Coercion coercion = binder.coercion();
    RelDataType common =
        coercion.common(results.stream().map(coercion::typeOf).toList(), "CASE", call);
    List<RexNode> operands = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      operands.add(conditions.get(i));
      operands.add(coercion.implicitly(results.get(i), common, call));
    }
    operands.add(coercion.implicitly(results.getLast(), common, call));
    return binder.rex().makeCall(common, SqlStdOperatorTable.CASE, operands);
  }

  private RexNode column(SqlIdentifier identifier) {
    if (identifier.isStar()) {
      throw binder.text().error(identifier, "42601", "* is not allowed here");
    }
    RexNode found = find(identifier, scope);
    if (found != null) {
      binder.notePosition(found, identifier.getParserPosition());
      return found;
    }
    for (OuterLink link = scope.outer(); link != null; link = link.scope().outer()) {
      RexNode outer = find(identifier, link.scope());
      if (outer != null) {
        return link.correlate(outer);
      }
    }
    RexNode niladic = binder.functions().niladic(identifier);
    if (niladic != null) {
      return niladic;
    }
    throw missing(identifier);
  }

  private RuntimeException missing(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    SqlParserPos position = identifier.getParserPosition();
    if (names.size() > 1) {
      List<String> qualifier = names.subList(0, names.size() - 1);
      for (Scope s = scope; s != null; s = s.outer() == null ? null : s.outer().scope()) {
        if (s.source(qualifier, binder.text(), identifier) != null) {
          return binder
              .text()
              .error(position, "42703", "column " + String.join(".", names) + " does not exist");
        }
      }
      return binder
          .text()
          .error(
              position,
              "42P01",
              "missing FROM-clause entry for table \"" + qualifier.getLast() + "\"");
    }
    return binder
        .text()
        .error(position, "42703", "column \"" + names.getLast() + "\" does not exist");
  }

  private @Nullable RexNode find(SqlIdentifier identifier, Scope in) {
    List<String> names = identifier.names;
    String last = names.getLast();
    if (names.size() == 1) {
      Scope.Column column = in.unqualified(last, binder.text(), identifier.getParserPosition());
      return column == null ? null : fresh(column.expression());
    }
    Scope.Source source = in.source(names.subList(0, names.size() - 1), binder.text(), identifier);
    if (source == null) {
      return null;
    }
    RexNode found = null;
    for (Scope.Column column : source.columns()) {
      if (column.name().equals(last)) {
        if (found != null) {
          throw binder
              .text()
              .error(identifier, "42702", "column reference \"" + last + "\" is ambiguous");
        }
        found = fresh(column.expression());
      }
    }
    return found;
  }

  /** An object of its own per use, so that positions can be told apart. */
  private static RexNode fresh(RexNode node) {
    return node instanceof org.apache.calcite.rex.RexInputRef reference
        ? new org.apache.calcite.rex.RexInputRef(reference.getIndex(), reference.getType())
        : Objects.requireNonNull(node);
  }
}
