package org.facetdb.sql.bind;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.TimestampString;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.expr.CastOperators;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Values as expressions and constant expressions as values. A value that Calcite has no literal for
 * (interval, uuid, bytea, time zones, NaN) becomes a cast of its text. Thread-safe as its builder.
 */
public final class Constants {
  private static final LocalDate FIRST_DATE = LocalDate.of(1, 1, 1);
  private static final LocalDate LAST_DATE = LocalDate.of(9999, 12, 31);

  private final LiteralBuilder rex;
  private final RelDataTypeFactory factory;
  private final FunctionBinder.Library library;

  public Constants(LiteralBuilder rex, FunctionBinder.Library library) {
    this.rex = rex;
    this.factory = rex.getTypeFactory();
    this.library = library;
  }

  /** The constant that a quoted literal stands for as a value of a type. */
  RexNode parse(String text, RelDataType target, SourceText source, @Nullable SqlNode at) {
    SqlType type = TypeMapping.toLogical(target);
    if (type.kind().isString()) {
      return rex.text(type.kind() == TypeKind.CHAR ? trimmed(text) : text, varchar());
    }
    try {
      return literal(type.parse(text), type);
    } catch (DatabaseException e) {
      throw at == null ? e : source.locate(e, at.getParserPosition());
    }
  }

  private static String trimmed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private RelDataType varchar() {
    return TypeMapping.toRel(factory, SqlType.TEXT, false);
  }

  /** A value as an expression of a type. */
  RexNode literal(@Nullable Object value, LogicalType logical) {
    SqlType type = SqlType.require(logical);
    RelDataType rel = TypeMapping.toRel(factory, type, false);
    if (value == null) {
      return rex.nullOf(rel);
    }
    return switch (value) {
      case Boolean b -> rex.makeLiteral(b);
      case Short s -> rex.makeExactLiteral(BigDecimal.valueOf(s), rel);
      case Integer i -> rex.makeExactLiteral(BigDecimal.valueOf(i), rel);
      case Long l -> rex.makeExactLiteral(BigDecimal.valueOf(l), rel);
      case BigDecimal d when d.precision() + Math.abs(d.scale()) < 500 -> rex.numeric(d);
      case Double d when Double.isFinite(d) -> rex.makeApproxLiteral(d, rel);
      case String s when type.kind() == TypeKind.TEXT || type.kind() == TypeKind.VARCHAR ->
          rex.text(s, varchar());
      case LocalDate d when between(d) -> rex.makeDateLiteral(new DateString(d.toString()));
      case LocalDateTime t when between(t.toLocalDate()) -> timestamp(t, rel);
      default -> castOf(type.format(value), rel);
    };
  }

  private static boolean between(LocalDate date) {
    return !date.isBefore(FIRST_DATE) && !date.isAfter(LAST_DATE);
  }

  private RexNode timestamp(LocalDateTime value, RelDataType type) {
    TimestampString string =
        new TimestampString(
                value.getYear(),
                value.getMonthValue(),
                value.getDayOfMonth(),
                value.getHour(),
                value.getMinute(),
                value.getSecond())
            .withNanos(value.getNano());
    return rex.makeTimestampLiteral(string, type.getPrecision());
  }

  private RexNode castOf(String text, RelDataType type) {
    return rex.makeCall(type, CastOperators.LITERAL, List.of(rex.text(text, varchar())));
  }

  /** The value of an expression without inputs. */
  @Nullable Object evaluate(
      RexNode expression, PlanContext context, SourceText source, SqlNode at) {
    try {
      return library.evaluate(expression, context.constants());
    } catch (DatabaseException e) {
      throw source.locate(e, at.getParserPosition());
    }
  }

  /** The constant that an immutable expression of constants gives; itself if it fails. */
  public RexNode fold(RexNode expression) {
    if (!(expression instanceof RexCall call) || isTextCast(call)) {
      return expression;
    }
    try {
      ExecutionContext none = ExecutionContext.builder().build();
      return literal(
          library.evaluate(expression, none), TypeMapping.toLogical(expression.getType()));
    } catch (DatabaseException e) {
      return expression;
    }
  }

  /** True for the form that {@link #literal} gives values without a literal. */
  private static boolean isTextCast(RexCall call) {
    return call.getOperator() == CastOperators.LITERAL
        && call.getOperands().getFirst() instanceof RexLiteral literal
        && literal.getType().getSqlTypeName() == org.apache.calcite.sql.type.SqlTypeName.VARCHAR
        && !(TypeMapping.toLogical(call.getType()).kind().isNumber());
  }
}
