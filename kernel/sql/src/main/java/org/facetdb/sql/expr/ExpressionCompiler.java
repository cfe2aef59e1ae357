package org.facetdb.sql.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.function.CastFunctions;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.function.KernelOperator;
import org.facetdb.sql.function.ResolvedCall;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Turns Calcite's expressions into vectorised ones. Thread-safe as its builder. Calls of immutable
 * functions with constant arguments are folded; one that fails stays, so that it fails only for
 * rows that reach it.
 */
public final class ExpressionCompiler {
  private final RexBuilder rex;
  private final FunctionRegistry functions;

  public ExpressionCompiler(RexBuilder rex, FunctionRegistry functions) {
    this.rex = rex;
    this.functions = functions;
  }

  /**
   * Compiles an expression.
   *
   * @param inputs the types of the batch's columns
   */
  public CompiledExpression compile(RexNode node, List<? extends LogicalType> inputs) {
    return new Translation(inputs).typed(node);
  }

  /** Compiles a condition; null counts as false. */
  public CompiledPredicate compilePredicate(RexNode node, List<? extends LogicalType> inputs) {
    return CompiledPredicate.of(new Translation(inputs).typed(node));
  }

  /** The value of an expression without inputs. */
  public @Nullable Object evaluate(RexNode node, ExecutionContext context) {
    return valueOf(compile(node, List.of()), context);
  }

  private static @Nullable Object valueOf(CompiledExpression node, ExecutionContext context) {
    return node.evaluate(new Batch(new Vector[0], 1), context).valueAt(0);
  }

  /** One expression on its way. */
  private final class Translation {
    private final List<? extends LogicalType> inputs;

    Translation(List<? extends LogicalType> inputs) {
      this.inputs = inputs;
    }

    /** Translates to the family that the node itself declares. */
    CompiledExpression typed(RexNode node) {
      CompiledExpression result = translate(node);
      SqlType declared = TypeMapping.toLogical(node.getType());
      boolean same =
          declared.kind() == result.type().kind()
              || declared.kind() == TypeKind.UNKNOWN
              || (declared.kind().isString() && result.type().kind().isString());
      return same ? result : cast(result, declared.base(), true);
    }

    private CompiledExpression translate(RexNode node) {
      return switch (node) {
        case RexInputRef input ->
            new LeafNodes.Column(SqlType.require(inputs.get(input.getIndex())), input.getIndex());
        case RexLiteral literal -> LiteralValues.constant(literal);
        case RexDynamicParam parameter ->
            new LeafNodes.Parameter(
                textIfUnknown(TypeMapping.toLogical(parameter.getType())), parameter.getIndex());
        case RexFieldAccess access when access.getReferenceExpr() instanceof RexCorrelVariable v ->
            new LeafNodes.Correlation(
                TypeMapping.toLogical(access.getType()),
                v.id.getId(),
                access.getField().getIndex());
        case RexCall call -> fold(call(call));
        default -> throw DatabaseException.unsupported("expression " + node + " is not known");
      };
    }

    private CompiledExpression call(RexCall call) {
      return switch (call.getKind()) {
        case AND, OR -> junction(call);
        case NOT -> new LogicNodes.Not(typed(call.operands.get(0)));
        case IS_NULL, IS_UNKNOWN -> is(LogicNodes.Question.NULL, call);
        case IS_NOT_NULL -> is(LogicNodes.Question.NOT_NULL, call);
        case IS_TRUE -> is(LogicNodes.Question.TRUE, call);
        case IS_NOT_TRUE -> is(LogicNodes.Question.NOT_TRUE, call);
        case IS_FALSE -> is(LogicNodes.Question.FALSE, call);
        case IS_NOT_FALSE -> is(LogicNodes.Question.NOT_FALSE, call);
        case EQUALS -> comparison(Comparison.EQUAL, call);
        case NOT_EQUALS -> comparison(Comparison.NOT_EQUAL, call);
        case LESS_THAN -> comparison(Comparison.LESS, call);
        case LESS_THAN_OR_EQUAL -> comparison(Comparison.LESS_OR_EQUAL, call);
        case GREATER_THAN -> comparison(Comparison.GREATER, call);
        case GREATER_THAN_OR_EQUAL -> comparison(Comparison.GREATER_OR_EQUAL, call);
        case IS_DISTINCT_FROM -> distinct(true, call);
        case IS_NOT_DISTINCT_FROM -> distinct(false, call);
        case SEARCH -> typed(RexUtil.expandSearch(rex, null, call));
        case BETWEEN -> throw DatabaseException.internal("BETWEEN was not expanded", null);
        case CASE -> new ChoiceNodes.Case(typeOf(call), branches(call));
        case COALESCE -> new ChoiceNodes.Coalesce(typeOf(call), alike(call));
        case NULLIF -> nullIf(call);
        case GREATEST, GREATEST_PG -> new ChoiceNodes.Extreme(typeOf(call), true, alike(call));
        case LEAST, LEAST_PG -> new ChoiceNodes.Extreme(typeOf(call), false, alike(call));
        case CAST, REINTERPRET -> cast(typed(call.operands.get(0)), castTarget(call), true);
        case EXTRACT -> extract(call);
        default -> function(call);
      };
    }

    private SqlType castTarget(RexCall call) {
      return TypeMapping.toLogical(call.getType());
    }

    /** The type that a choice has: that of the call, without modifiers. */
    private SqlType typeOf(RexCall call) {
      return textIfUnknown(TypeMapping.toLogical(call.getType()).base());
    }

    private CompiledExpression is(LogicNodes.Question question, RexCall call) {
      return new LogicNodes.Is(question, typed(call.operands.get(0)));
    }

    private CompiledExpression junction(RexCall call) {
      boolean conjunction = call.getKind() == org.apache.calcite.sql.SqlKind.AND;
      List<CompiledExpression> flat = new ArrayList<>();
      for (RexNode operand : call.operands) {
        CompiledExpression node = bool(typed(operand));
        if (node instanceof LogicNodes.Junction inner && inner.isConjunction() == conjunction) {
          flat.addAll(List.of(inner.operands()));
        } else {
          flat.add(node);
        }
      }
      CompiledExpression[] operands = flat.toArray(CompiledExpression[]::new);
      CompiledExpression list = conjunction ? null : InListNode.of(operands);
      return list != null ? list : new LogicNodes.Junction(conjunction, operands);
    }

    private CompiledExpression bool(CompiledExpression node) {
      return node.type().kind() == TypeKind.BOOLEAN ? node : cast(node, SqlType.BOOLEAN, true);
    }

    private CompiledExpression comparison(Comparison comparison, RexCall call) {
      return compare(comparison, typed(call.operands.get(0)), typed(call.operands.get(1)));
    }

    private CompiledExpression compare(
        Comparison comparison, CompiledExpression left, CompiledExpression right) {
      SqlType a = left.type();
      SqlType b = right.type();
      boolean sameLane = a.kind() == b.kind() || (a.kind().isString() && b.kind().isString());
      if (sameLane && a.orderable()) {
        return new ComparisonNode(comparison, left, right);
      }
      ResolvedCall resolved = functions.resolveOperator(comparison.symbol(), List.of(a, b));
      CompiledExpression l = cast(left, resolved.argumentTypes().get(0), false);
      CompiledExpression r = cast(right, resolved.argumentTypes().get(1), false);
      return l.type().kind() == r.type().kind()
          ? new ComparisonNode(comparison, l, r)
          : new FunctionNode(resolved.function(), SqlType.BOOLEAN, new CompiledExpression[] {l, r});
    }

    private CompiledExpression distinct(boolean distinct, RexCall call) {
      CompiledExpression left = typed(call.operands.get(0));
      CompiledExpression right = typed(call.operands.get(1));
      SqlType type = left.type().kind() == TypeKind.UNKNOWN ? right.type() : left.type();
      if (left.type().kind() != right.type().kind()
          && !(left.type().kind().isString() && right.type().kind().isString())) {
        ResolvedCall resolved = functions.resolveOperator("=", List.of(left.type(), right.type()));
        type = SqlType.require(resolved.argumentTypes().get(0));
      }
      return new LogicNodes.Distinct(
          distinct, cast(left, type.base(), false), cast(right, type.base(), false));
    }

    private CompiledExpression[] branches(RexCall call) {
      CompiledExpression[] nodes = new CompiledExpression[call.operands.size()];
      for (int i = 0; i < nodes.length; i++) {
        CompiledExpression node = typed(call.operands.get(i));
        boolean condition = i % 2 == 0 && i < nodes.length - 1;
        nodes[i] = condition ? bool(node) : cast(node, typeOf(call), false);
      }
      return nodes;
    }

    private CompiledExpression[] alike(RexCall call) {
      CompiledExpression[] nodes = new CompiledExpression[call.operands.size()];
      for (int i = 0; i < nodes.length; i++) {
        nodes[i] = cast(typed(call.operands.get(i)), typeOf(call), false);
      }
      return nodes;
    }

    private CompiledExpression nullIf(RexCall call) {
      CompiledExpression value = typed(call.operands.get(0));
      CompiledExpression other = typed(call.operands.get(1));
      return new ChoiceNodes.NullIf(value, compare(Comparison.EQUAL, value.copy(), other));
    }

    /** Calcite's own EXTRACT, whose field is a symbol. */
    private CompiledExpression extract(RexCall call) {
      RexLiteral symbol = (RexLiteral) call.operands.get(0);
      String field = String.valueOf(symbol.getValue()).toLowerCase(Locale.ROOT);
      CompiledExpression source = typed(call.operands.get(1));
      return apply(
          functions.resolve("extract", List.of(SqlType.TEXT, source.type())),
          List.of(new LeafNodes.Constant(SqlType.TEXT, field), source));
    }

    private CompiledExpression function(RexCall call) {
      List<CompiledExpression> arguments = new ArrayList<>();
      List<SqlType> types = new ArrayList<>();
      for (RexNode operand : call.operands) {
        CompiledExpression argument = typed(operand);
        arguments.add(argument);
        types.add(argument.type());
      }
      if (call.getOperator() == CastOperators.ASSIGNMENT) {
        return cast(arguments.get(0), castTarget(call), false);
      }
      if (call.getOperator() == CastOperators.LITERAL) {
        return cast(arguments.get(0), castTarget(call), true);
      }
      if (call.getOperator() instanceof SearchOperators.Match match) {
        CompiledExpression[] all = arguments.toArray(CompiledExpression[]::new);
        int last = all.length - 1;
        return new SearchNodes.Match(match, java.util.Arrays.copyOf(all, last), all[last]);
      }
      if (call.getOperator() instanceof SearchOperators.Render render) {
        return new SearchNodes.Render(
            render,
            SqlType.require(render.function().returnType()),
            arguments.get(0),
            arguments.get(1),
            arguments.subList(2, arguments.size()).toArray(CompiledExpression[]::new));
      }
      if (call.getOperator() instanceof KernelOperator kernel) {
        List<LogicalType> parameters = new ArrayList<>();
        List<LogicalType> declared = kernel.function().parameterTypes();
        for (int i = 0; i < arguments.size(); i++) {
          LogicalType parameter = declared.get(Math.min(i, declared.size() - 1));
          boolean any = SqlType.require(parameter).kind() == TypeKind.UNKNOWN;
          parameters.add(any ? types.get(i) : parameter);
        }
        CompiledExpression applied =
            apply(new ResolvedCall(kernel.function(), parameters), arguments);
        return applied instanceof FunctionNode node ? node.at(kernel.place()) : applied;
      }
      String symbol = symbolOf(call);
      return apply(
          symbol != null
              ? functions.resolveOperator(symbol, types)
              : functions.resolve(call.getOperator().getName(), types),
          arguments);
    }

    private @Nullable String symbolOf(RexCall call) {
      return switch (call.getKind()) {
        case PLUS, PLUS_PREFIX, CHECKED_PLUS -> "+";
        case MINUS, MINUS_PREFIX, CHECKED_MINUS, CHECKED_MINUS_PREFIX -> "-";
        case TIMES, CHECKED_TIMES -> "*";
        case DIVIDE, CHECKED_DIVIDE -> "/";
        case MOD -> "%";
        default -> {
          String name = call.getOperator().getName();
          yield !name.isEmpty() && Character.isLetter(name.charAt(0)) ? null : name;
        }
      };
    }

    private CompiledExpression apply(ResolvedCall resolved, List<CompiledExpression> arguments) {
      CompiledExpression[] cast = new CompiledExpression[arguments.size()];
      for (int i = 0; i < cast.length; i++) {
        cast[i] = cast(arguments.get(i), resolved.argumentTypes().get(i), false);
      }
      ScalarFunction function = resolved.function();
      CompiledExpression special = PatternNode.of(function, cast);
      return special != null
          ? special
          : new FunctionNode(function, SqlType.require(function.returnType()), cast);
    }

    /** The node as another type; strings of any kind stand for each other unless a length rules. */
    private CompiledExpression cast(CompiledExpression node, LogicalType to, boolean explicit) {
      SqlType target = SqlType.require(to);
      SqlType source = node.type();
      boolean modified = target.precision() >= 0;
      if (source.kind() == target.kind() && (!modified || source.equals(target))) {
        return node;
      }
      if (node instanceof LeafNodes.Constant constant && constant.value() == null) {
        return new LeafNodes.Constant(target, null);
      }
      ScalarFunction function = CastFunctions.function(source, target, explicit);
      if (function == null) {
        return new RetypedNode(target, node);
      }
      return fold(new FunctionNode(function, target, new CompiledExpression[] {node}));
    }

    private CompiledExpression fold(CompiledExpression node) {
      if (!(node instanceof FunctionNode call)
          || call.function().volatility() != Volatility.IMMUTABLE) {
        return node;
      }
      for (CompiledExpression argument : call.arguments()) {
        if (!argument.isConstant()) {
          return node;
        }
      }
      try {
        ExecutionContext none = ExecutionContext.builder().build();
        return new LeafNodes.Constant(node.type(), valueOf(node, none));
      } catch (DatabaseException e) {
        return node;
      }
    }
  }

  private static SqlType textIfUnknown(SqlType type) {
    return type.kind() == TypeKind.UNKNOWN ? SqlType.TEXT : type;
  }
}
