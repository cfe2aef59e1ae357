package org.facetdb.sql.bind;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.util.NlsString;
import org.facetdb.parser.TypeName;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.TypeKind;

/** Binds literals and type names. Used by one thread. */
final class LiteralBinder {
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private final Binder binder;

  LiteralBinder(Binder binder) {
    this.binder = binder;
  }

  RexNode bind(SqlLiteral literal) {
    Coercion coercion = binder.coercion();
    return switch (literal.getTypeName()) {
      case NULL -> binder.rex().untypedNull();
      case BOOLEAN -> binder.rex().makeLiteral(literal.booleanValue());
      case CHAR, VARCHAR ->
          coercion.quoted(
              literal.getValue() instanceof NlsString string
                  ? string.getValue()
                  : Objects.requireNonNull(literal.toValue()),
              literal);
      case DECIMAL -> number(literal);
      case DOUBLE -> binder.rex().numeric(literal.bigDecimalValue());
      case DATE -> typed(literal, TypeKind.DATE);
      case TIME -> typed(literal, TypeKind.TIME);
      case TIMESTAMP -> typed(literal, TypeKind.TIMESTAMP);
      case TIMESTAMP_TZ, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> typed(literal, TypeKind.TIMESTAMPTZ);
      case UNKNOWN -> named(literal);
      case BINARY, VARBINARY ->
          binder
              .constants()
              .parse(
                  "\\x" + literal.toValue(),
                  coercion.of(TypeKind.BYTEA, false),
                  binder.text(),
                  literal);
      default -> {
        if (literal instanceof SqlIntervalLiteral interval) {
          yield interval(interval);
        }
        throw binder.text().unsupported(literal, "this literal");
      }
    };
  }

  private RexNode number(SqlLiteral literal) {
    BigDecimal value = Objects.requireNonNull(literal.bigDecimalValue());
    boolean integer = value.scale() <= 0 && !literal.toString().contains(".");
    if (integer && value.toBigInteger().abs().compareTo(LONG_MAX) <= 0) {
      long number = value.longValueExact();
      TypeKind kind = number == (int) number ? TypeKind.INTEGER : TypeKind.BIGINT;
      return binder.rex().makeExactLiteral(value, binder.coercion().of(kind, false));
    }
    return binder.rex().numeric(value);
  }

  /** {@code DATE '2020-01-01'}, which the parser has read already. */
  private RexNode typed(SqlLiteral literal, TypeKind kind) {
    return parse(String.valueOf(literal.getValue()), kind, literal);
  }

  /** {@code DATE '...'} whose text the parser left alone. */
  private RexNode named(SqlLiteral literal) {
    if (literal instanceof org.apache.calcite.sql.SqlUnknownLiteral unknown) {
      String tag = unknown.tag.toLowerCase(Locale.ROOT);
      TypeKind kind =
          switch (tag) {
            case "date" -> TypeKind.DATE;
            case "time" -> TypeKind.TIME;
            case "timestamp" -> TypeKind.TIMESTAMP;
            case "uuid" -> TypeKind.UUID;
            case "interval" -> TypeKind.INTERVAL;
            default -> TypeKind.TIMESTAMPTZ;
          };
      return parse(Objects.requireNonNull(unknown.getValue()).toString(), kind, literal);
    }
    throw binder.text().unsupported(literal, "this literal");
  }

  private RexNode interval(SqlIntervalLiteral literal) {
    SqlIntervalLiteral.IntervalValue value =
        Objects.requireNonNull((SqlIntervalLiteral.IntervalValue) literal.getValue());
    TimeUnit unit = value.getIntervalQualifier().getStartUnit();
    boolean single = value.getIntervalQualifier().isSingleDatetimeField();
    String sign = value.getSign() < 0 ? "-" : "";
    String text =
        sign
            + value.getIntervalLiteral()
            + (single ? " " + unit.name().toLowerCase(Locale.ROOT) : "");
    return parse(text, TypeKind.INTERVAL, literal);
  }

  private RexNode parse(String text, TypeKind kind, SqlNode at) {
    return binder.constants().parse(text, binder.coercion().of(kind, false), binder.text(), at);
  }

  /** The type that a name means. */
  RelDataType type(SqlDataTypeSpec spec) {
    SqlTypeNameSpec name = spec.getTypeNameSpec();
    String base;
    List<Integer> modifiers;
    if (name instanceof TypeName own) {
      if (own.arrayDimensions() > 0) {
        throw binder.text().unsupported(spec, "an array type");
      }
      base = own.name();
      modifiers = own.modifiers();
    } else if (name instanceof SqlBasicTypeNameSpec basic) {
      base = basic.getTypeName().getSimple().toLowerCase(Locale.ROOT);
      modifiers =
          basic.getPrecision() < 0
              ? List.of()
              : basic.getScale() == Integer.MIN_VALUE || basic.getScale() < 0
                  ? List.of(basic.getPrecision())
                  : List.of(basic.getPrecision(), basic.getScale());
    } else {
      base = name.getTypeName().getSimple().toLowerCase(Locale.ROOT);
      modifiers = List.of();
    }
    try {
      LogicalType type = byName(base, modifiers, spec);
      return binder.coercion().relType(type, true);
    } catch (DatabaseException e) {
      throw binder.text().locate(e, spec.getParserPosition());
    }
  }

  private LogicalType byName(String base, List<Integer> modifiers, SqlNode at) {
    String written =
        modifiers.isEmpty()
            ? base
            : base
                + modifiers.stream()
                    .map(String::valueOf)
                    .collect(java.util.stream.Collectors.joining(",", "(", ")"));
    LogicalType type = LogicalTypes.byName(written);
    if (type == null) {
      throw binder.text().error(at, "42704", "type \"" + base + "\" does not exist");
    }
    return type;
  }
}
