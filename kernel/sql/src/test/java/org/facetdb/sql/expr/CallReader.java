package org.facetdb.sql.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.function.KernelOperator;
import org.facetdb.sql.function.ResolvedCall;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;
import org.facetdb.sql.type.TypeNames;

/**
 * Reads one call of typed literals, as the tables of this package write them, into Calcite's form:
 * {@code f(type 'x', 'y')}, {@code type 'x' op type 'y'}, {@code op type 'x'}, {@code cast(type 'x'
 * as type)}, {@code extract(field from type 'x')}.
 */
final class CallReader {
  private static final String TYPED = "(?:[a-z][a-z ]*(?:\\([0-9,]+\\))? )?'(?:[^']|'')*'";
  private static final Pattern ARGUMENT = Pattern.compile("(" + TYPED + "|null::[a-z]+)");
  private static final Pattern CAST =
      Pattern.compile("cast\\((" + TYPED + ") as ([a-z ]+(?:\\([0-9,]+\\))?)\\)");
  private static final Pattern EXTRACT =
      Pattern.compile("extract\\((\\w+) from (" + TYPED + ")\\)");
  private static final Pattern CALL = Pattern.compile("(\\w+)\\((.*)\\)");
  private static final Pattern BINARY =
      Pattern.compile(ARGUMENT + " ([^ ']+|like|ilike) " + ARGUMENT);
  private static final Pattern PREFIX = Pattern.compile("([^ a-z']+) " + ARGUMENT);

  final RexBuilder rex = new RexBuilder(new TypeMapping.Factory(RelDataTypeSystem.DEFAULT));
  final FunctionRegistry functions = FunctionRegistry.builtin();
  final ExpressionCompiler compiler = new ExpressionCompiler(rex, functions);

  /** A literal and its type; the unknown type for a bare one. */
  private record Literal(String text, SqlType type, boolean isNull) {}

  CompiledExpression read(String text) {
    return compiler.compile(node(text), List.of());
  }

  private RexNode node(String text) {
    Matcher cast = CAST.matcher(text);
    if (cast.matches()) {
      return cast(typed(literal(cast.group(1)), null), type(cast.group(2)));
    }
    Matcher extract = EXTRACT.matcher(text);
    if (extract.matches()) {
      Literal field = new Literal(extract.group(1), SqlType.UNKNOWN, false);
      return call("extract", false, List.of(field, literal(extract.group(2))));
    }
    Matcher binary = BINARY.matcher(text);
    if (binary.matches()) {
      List<Literal> both = List.of(literal(binary.group(1)), literal(binary.group(3)));
      String name = binary.group(2);
      return call(name, !Character.isLetter(name.charAt(0)), both);
    }
    Matcher prefix = PREFIX.matcher(text);
    if (prefix.matches()) {
      return call(prefix.group(1), true, List.of(literal(prefix.group(2))));
    }
    Matcher call = CALL.matcher(text);
    if (call.matches()) {
      List<Literal> arguments = new ArrayList<>();
      Matcher argument = ARGUMENT.matcher(call.group(2));
      while (argument.find()) {
        arguments.add(literal(argument.group()));
      }
      return call(call.group(1), false, arguments);
    }
    throw new IllegalArgumentException("no call: " + text);
  }

  private static SqlType type(String name) {
    return Objects.requireNonNull(TypeNames.parse(name), name);
  }

  private static Literal literal(String text) {
    if (text.startsWith("null::")) {
      return new Literal("", type(text.substring(6)), true);
    }
    int quote = text.indexOf('\'');
    String value = text.substring(quote + 1, text.length() - 1).replace("''", "'");
    String name = text.substring(0, quote).trim();
    return new Literal(value, name.isEmpty() ? SqlType.UNKNOWN : type(name), false);
  }

  private RexNode typed(Literal literal, LogicalType wanted) {
    SqlType target =
        literal.type().equals(SqlType.UNKNOWN)
            ? wanted == null ? SqlType.TEXT : SqlType.require(wanted)
            : literal.type();
    if (literal.isNull()) {
      return rex.makeNullLiteral(TypeMapping.toRel(rex.getTypeFactory(), target, true));
    }
    RexNode text =
        rex.makeLiteral(
            literal.text(), TypeMapping.toRel(rex.getTypeFactory(), SqlType.TEXT, false), false);
    return target.equals(SqlType.TEXT) ? text : cast(text, target);
  }

  private RexNode cast(RexNode node, SqlType target) {
    return rex.makeAbstractCast(TypeMapping.toRel(rex.getTypeFactory(), target, true), node, false);
  }

  private RexNode call(String name, boolean operator, List<Literal> arguments) {
    List<SqlType> types = arguments.stream().map(Literal::type).toList();
    ResolvedCall resolved =
        operator ? functions.resolveOperator(name, types) : functions.resolve(name, types);
    List<RexNode> nodes = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      nodes.add(typed(arguments.get(i), resolved.argumentTypes().get(i)));
    }
    return rex.makeCall(
        TypeMapping.toRel(rex.getTypeFactory(), resolved.returnType(), true),
        new KernelOperator(resolved.function(), 0),
        nodes);
  }
}
