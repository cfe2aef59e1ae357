package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.facetdb.parser.NamedOperator;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.AggregateFunction;
import org.facetdb.sql.exec.Aggregates;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.function.KernelOperator;
import org.facetdb.sql.function.ResolvedCall;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Binds operators, functions and casts: chooses the overload as PostgreSQL does and brings the
 * arguments to its types. Used by the binding thread.
 */
public final class FunctionBinder {
  private static final String NO_FUNCTION_HINT =
      "No function matches the given name and argument types. "
          + "You might need to add explicit type casts.";
  private static final String NO_OPERATOR_HINT =
      "No operator matches the given name and argument types. "
          + "You might need to add explicit type casts.";

  private static final Set<String> WINDOW_FUNCTIONS =
      Set.of(
          "row_number",
          "rank",
          "dense_rank",
          "percent_rank",
          "cume_dist",
          "ntile",
          "lag",
          "lead",
          "first_value",
          "last_value",
          "nth_value");

  private final Binder binder;
  private final Library library;
  private final ComparisonBinder comparisons;

  FunctionBinder(Binder binder, Library library) {
    this.binder = binder;
    this.library = library;
    this.comparisons = new ComparisonBinder(binder, this);
  }

  /** What the binder knows of functions. Thread-safe. */
  public interface Library {
    /** The scalar functions and operators. */
    FunctionRegistry scalars();

    /** The value of an expression over no input. */
    @Nullable Object evaluate(RexNode expression, ExecutionContext context);
  }

  /** A bound aggregate. */
  record Aggregate(SqlAggFunction function, List<RexNode> arguments, RelDataType type) {}

  /** The name under which the library knows a call's operator. */
  static String name(SqlCall call) {
    SqlOperator operator = call.getOperator();
    return switch (call.getKind()) {
      case PLUS, PLUS_PREFIX -> "+";
      case MINUS, MINUS_PREFIX -> "-";
      case TIMES -> "*";
      case DIVIDE -> "/";
      case MOD -> operator == SqlStdOperatorTable.MOD ? "mod" : "%";
      default -> operator.getName().toLowerCase(Locale.ROOT);
    };
  }

  boolean isAggregate(SqlCall call) {
    return !(call.getOperator() instanceof NamedOperator)
        && Aggregates.names().contains(name(call));
  }

  RexNode bind(ExpressionBinder expressions, SqlCall call) {
    SqlOperator operator = call.getOperator();
    String name = name(call);
    if (WINDOW_FUNCTIONS.contains(name)) {
      throw binder
          .text()
          .error(call, "42P20", "window function " + name + " requires an OVER clause");
    }
    return switch (call.getKind()) {
      case LIKE -> like(expressions, call, (SqlLikeOperator) operator);
      case SIMILAR -> throw binder.text().unsupported(call, "SIMILAR TO");
      case EXTRACT -> extract(expressions, call);
      case TRIM -> trim(expressions, call);
      case COALESCE -> coalesce(expressions.bindAll(call.getOperandList()), call);
      case NULLIF -> nullif(expressions, call);
      case POSITION -> {
        List<RexNode> both = expressions.bindAll(call.getOperandList());
        yield scalar("strpos", List.of(both.get(1), both.get(0)), call, false);
      }
      default -> named(expressions, call, operator, name);
    };
  }

  private RexNode named(
      ExpressionBinder expressions, SqlCall call, SqlOperator operator, String name) {
    if (call.getFunctionQuantifier() != null) {
      throw binder
          .text()
          .error(
              call, "42809", "DISTINCT specified, but " + name + " is not an aggregate function");
    }
    switch (name) {
      case "coalesce":
        return coalesce(expressions.bindAll(call.getOperandList()), call);
      case "nullif":
        return nullif(expressions, call);
      case "greatest", "least":
        return extreme(name, expressions.bindAll(call.getOperandList()), call);
      default:
    }
    boolean symbol =
        operator instanceof NamedOperator
            || !Character.isLetter(name.charAt(0)) && name.charAt(0) != '_';
    SearchBinder search = binder.search();
    if (symbol && search.isOperator(name)) {
      return search.operator(expressions, call, name);
    }
    if (!symbol && search.isFunction(name)) {
      return search.function(expressions, call, name);
    }
    RuntimeException absent = search.absence(name, symbol, call);
    if (absent != null) {
      throw absent;
    }
    List<RexNode> arguments = expressions.bindAll(call.getOperandList());
    return scalar(name, arguments, call, symbol);
  }

  /** A call of a scalar function by name. */
  RexNode scalar(String name, List<RexNode> arguments, SqlNode at, boolean symbol) {
    Coercion coercion = binder.coercion();
    if (symbol && name.equals("-") && arguments.size() == 1) {
      RexNode negated = negated(arguments.getFirst());
      if (negated != null) {
        return negated;
      }
    }
    List<LogicalType> types = new ArrayList<>();
    for (RexNode argument : arguments) {
      types.add(coercion.logical(coercion.typeOf(argument)));
    }
    ResolvedCall resolved = resolve(name, types, at, symbol);
    PluginVersion owner = Contributions.ownerOf(resolved.function());
    if (owner != null) {
      binder.context().plugins().uses().accept(owner);
    }
    List<RexNode> typed = new ArrayList<>();
    boolean nullable = !resolved.function().strict();
    for (int i = 0; i < arguments.size(); i++) {
      RexNode argument = argument(arguments.get(i), resolved.argumentTypes().get(i), at);
      nullable |= argument.getType().isNullable();
      typed.add(argument);
    }
    boolean arithmetic = symbol && name.length() == 1 && "+-*/%".contains(name);
    RelDataType type = coercion.relType(resolved.returnType(), nullable || !arithmetic);
    KernelOperator operator =
        new KernelOperator(resolved.function(), owner == null ? 0 : binder.place(at));
    return fold(binder.rex().makeCall(type, operator, typed));
  }

  private @Nullable RexNode negated(RexNode node) {
    if (node instanceof RexLiteral literal
        && !binder.coercion().isUnknown(node)
        && literal.getValue() instanceof java.math.BigDecimal value) {
      return switch (binder.coercion().kind(node)) {
        case INTEGER, BIGINT -> binder.rex().makeExactLiteral(value.negate(), node.getType());
        case NUMERIC -> binder.rex().numeric(value.negate());
        default -> null;
      };
    }
    return null;
  }

  private ResolvedCall resolve(String name, List<LogicalType> types, SqlNode at, boolean symbol) {
    try {
      return symbol
          ? library.scalars().resolveOperator(name, types)
          : library.scalars().resolve(name, types);
    } catch (DatabaseException e) {
      throw binder.text().locate(e, at.getParserPosition());
    }
  }

  /** An argument as a parameter's family; a length or precision of its own does no harm. */
  private RexNode argument(RexNode argument, LogicalType parameter, SqlNode at) {
    Coercion coercion = binder.coercion();
    if (!coercion.isUnknown(argument)) {
      TypeKind have = coercion.kind(argument);
      TypeKind want = coercion.kind(coercion.relType(parameter, true));
      if (have == want || have == TypeKind.VARCHAR && want == TypeKind.TEXT) {
        return coercion.assign(argument, coercion.typeOf(argument), at);
      }
    }
    return fold(coercion.assign(argument, coercion.relType(parameter, true), at));
  }

  RuntimeException noSuch(String name, List<LogicalType> types, SqlNode at, boolean symbol) {
    List<String> names =
        types.stream()
            .map(t -> binder.coercion().name(binder.coercion().relType(t, true)))
            .toList();
    if (symbol) {
      String shown =
          names.size() == 1
              ? name + " " + names.getFirst()
              : names.get(0) + " " + name + " " + names.get(1);
      return binder
          .text()
          .error(
              at.getParserPosition(),
              "42883",
              "operator does not exist: " + shown,
              NO_OPERATOR_HINT);
    }
    String shown = name + names.stream().collect(Collectors.joining(", ", "(", ")"));
    return binder
        .text()
        .error(
            at.getParserPosition(),
            "42883",
            "function " + shown + " does not exist",
            NO_FUNCTION_HINT);
  }

  /** A comparison; the operands meet in a common type. */
  RexNode comparison(SqlOperator operator, RexNode left, RexNode right, SqlNode at) {
    return comparisons.comparison(operator, left, right, at);
  }

  /** The type in which an operand and a subquery's column meet. */
  RelDataType comparisonType(RexNode operand, RelDataType column, SqlNode at) {
    return comparisons.comparisonType(operand, column, at);
  }

  RexNode coalesce(List<RexNode> arguments, SqlNode at) {
    Coercion coercion = binder.coercion();
    RelDataType common =
        coercion.common(arguments.stream().map(coercion::typeOf).toList(), "COALESCE", at);
    List<RexNode> typed = new ArrayList<>();
    boolean nullable = true;
    for (RexNode argument : arguments) {
      RexNode cell = coercion.implicitly(argument, common, at);
      nullable &= cell.getType().isNullable();
      typed.add(cell);
    }
    RelDataType type = binder.types().createTypeWithNullability(common, nullable);
    return binder.rex().makeCall(type, SqlStdOperatorTable.COALESCE, typed);
  }

  private RexNode nullif(ExpressionBinder expressions, SqlCall call) {
    RexNode left = expressions.bind(call.operand(0));
    RexNode right = expressions.bind(call.operand(1));
    Coercion coercion = binder.coercion();
    RexNode equal = comparison(SqlStdOperatorTable.EQUALS, left, right, call);
    RexNode value = coercion.isUnknown(left) ? coercion.asText(left) : left;
    RelDataType type = binder.types().createTypeWithNullability(value.getType(), true);
    return binder
        .rex()
        .makeCall(type, SqlStdOperatorTable.CASE, List.of(equal, binder.rex().nullOf(type), value));
  }

  private RexNode extreme(String name, List<RexNode> arguments, SqlNode at) {
    Coercion coercion = binder.coercion();
    RelDataType common =
        coercion.common(
            arguments.stream().map(coercion::typeOf).toList(), name.toUpperCase(Locale.ROOT), at);
    List<RexNode> typed = new ArrayList<>();
    arguments.forEach(a -> typed.add(coercion.implicitly(a, common, at)));
    boolean nullable = typed.stream().allMatch(a -> a.getType().isNullable());
    return binder
        .rex()
        .makeCall(
            binder.types().createTypeWithNullability(common, nullable),
            name.equals("greatest")
                ? SqlLibraryOperators.GREATEST_PG
                : SqlLibraryOperators.LEAST_PG,
            typed);
  }

  private RexNode like(ExpressionBinder expressions, SqlCall call, SqlLikeOperator operator) {
    List<RexNode> arguments = expressions.bindAll(call.getOperandList());
    Coercion coercion = binder.coercion();
    for (RexNode argument : arguments) {
      if (!coercion.isUnknown(argument) && !coercion.kind(argument).isString()) {
        throw noSuch(
            operator.isCaseSensitive() ? "~~" : "~~*",
            arguments.stream().limit(2).map(a -> coercion.logical(coercion.typeOf(a))).toList(),
            call,
            true);
      }
    }
    List<RexNode> typed =
        arguments.stream()
            .map(
                a ->
                    coercion.isUnknown(a)
                        ? coercion.asText(a)
                        : coercion.assign(a, coercion.typeOf(a), call))
            .toList();
    RexNode result =
        binder
            .rex()
            .makeCall(
                operator.isCaseSensitive() ? SqlStdOperatorTable.LIKE : SqlLibraryOperators.ILIKE,
                typed);
    return operator.isNegated() ? binder.rex().makeCall(SqlStdOperatorTable.NOT, result) : result;
  }

  private RexNode extract(ExpressionBinder expressions, SqlCall call) {
    SqlNode field = call.operand(0);
    String name =
        switch (field) {
          case SqlIntervalQualifier q ->
              q.timeFrameName != null ? q.timeFrameName : q.getStartUnit().name();
          case SqlIdentifier i -> i.getSimple();
          case SqlLiteral l -> String.valueOf(l.toValue());
          default -> throw binder.text().unsupported(field, "this EXTRACT field");
        };
    RexNode source = expressions.bind(call.operand(1));
    RexNode part = binder.coercion().quoted(name.toLowerCase(Locale.ROOT), field);
    return scalar("extract", List.of(part, source), call, false);
  }

  private RexNode trim(ExpressionBinder expressions, SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    if (operands.size() != 3) {
      return scalar("btrim", expressions.bindAll(operands), call, false);
    }
    SqlTrimFunction.Flag flag =
        operands.getFirst() instanceof SqlLiteral literal
                && literal.getValue() instanceof SqlTrimFunction.Flag f
            ? f
            : SqlTrimFunction.Flag.BOTH;
    String name =
        switch (flag) {
          case BOTH -> "btrim";
          case LEADING -> "ltrim";
          case TRAILING -> "rtrim";
        };
    RexNode value = expressions.bind(operands.get(2));
    SqlNode characters = operands.get(1);
    boolean given =
        characters != null
            && !(characters.getKind() == SqlKind.LITERAL
                && ((SqlLiteral) characters).getValue() == null);
    return given
        ? scalar(name, List.of(value, expressions.bind(characters)), call, false)
        : scalar(name, List.of(value), call, false);
  }

  /** A function written without parentheses, such as CURRENT_DATE. */
  @Nullable RexNode niladic(SqlIdentifier identifier) {
    if (!identifier.isSimple()) {
      return null;
    }
    String name = identifier.getSimple().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "current_date",
          "current_time",
          "current_timestamp",
          "localtime",
          "localtimestamp",
          "current_user",
          "session_user",
          "user",
          "current_role",
          "current_catalog",
          "current_schema" ->
          scalar(name, List.of(), identifier, false);
      default -> null;
    };
  }

  RexNode explicitCast(RexNode operand, RelDataType target, SqlNode at) {
    Coercion coercion = binder.coercion();
    TypeKind to = coercion.kind(target);
    if (coercion.isUnknown(operand)) {
      boolean cut = to.isString() && TypeMapping.toLogical(target).precision() >= 0;
      boolean parameter = operand instanceof org.apache.calcite.rex.RexDynamicParam;
      return cut && !parameter
          ? coercion.castTo(coercion.asText(operand), target)
          : fold(coercion.assign(operand, target, at));
    }
    RexNode typed = coercion.assign(operand, coercion.typeOf(operand), at);
    TypeKind from = coercion.kind(typed);
    if (!Casts.explicit(from, to)) {
      throw binder
          .text()
          .error(
              at,
              "42846",
              "cannot cast type "
                  + coercion.name(typed.getType())
                  + " to "
                  + coercion.name(target));
    }
    return coercion.castTo(typed, target);
  }

  Aggregate aggregate(SqlCall call, List<RexNode> arguments) {
    return aggregate(name(call), call, arguments);
  }

  Aggregate window(SqlCall call, List<RexNode> arguments) {
    String name = name(call);
    if (!Aggregates.names().contains(name) && !WINDOW_FUNCTIONS.contains(name)) {
      throw binder
          .text()
          .error(
              call,
              "42809",
              "OVER specified, but "
                  + name
                  + " is not a window function nor an aggregate function");
    }
    return aggregate(name, call, arguments);
  }

  private Aggregate aggregate(String name, SqlCall call, List<RexNode> arguments) {
    Coercion coercion = binder.coercion();
    List<LogicalType> types =
        arguments.stream().map(a -> coercion.logical(coercion.typeOf(a))).toList();
    AggregateFunction function = null;
    List<RexNode> typed = new ArrayList<>();
    for (RexNode argument : arguments) {
      typed.add(
          coercion.isUnknown(argument)
              ? coercion.asText(argument)
              : coercion.assign(argument, coercion.typeOf(argument), call));
    }
    List<LogicalType> known = typed.stream().map(a -> coercion.logical(a.getType())).toList();
    boolean window = WINDOW_FUNCTIONS.contains(name);
    LogicalType result;
    if (window) {
      result = windowResult(name, known, call);
    } else {
      function = Aggregates.find(name, known);
      if (function == null) {
        throw noSuch(name, types, call, false);
      }
      result = function.resultType();
    }
    RelDataType type = coercion.relType(result, !name.equals("count"));
    return new Aggregate(Operators.aggregate(name, result), typed, type);
  }

  private LogicalType windowResult(String name, List<LogicalType> arguments, SqlCall call) {
    return switch (name) {
      case "row_number", "rank", "dense_rank" -> LogicalTypes.BIGINT;
      case "ntile" -> LogicalTypes.INTEGER;
      case "percent_rank", "cume_dist" -> LogicalTypes.DOUBLE;
      default -> {
        if (arguments.isEmpty()) {
          throw noSuch(name, arguments, call, false);
        }
        yield arguments.getFirst();
      }
    };
  }

  /** The constant that an expression of constants gives, where folding is safe. */
  RexNode fold(RexNode expression) {
    return Operators.isConstant(expression) ? binder.constants().fold(expression) : expression;
  }
}
