package org.facetdb.sql.expr;

import java.math.BigDecimal;
import java.util.UUID;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimeString;
import org.apache.calcite.util.TimestampString;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Interval;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/** Literals of Calcite's expressions as boxed canonical values. Stateless. */
final class LiteralValues {
  private LiteralValues() {}

  static LeafNodes.Constant constant(RexLiteral literal) {
    SqlType type = TypeMapping.toLogical(literal.getType());
    if (literal.isNull()) {
      return new LeafNodes.Constant(type, null);
    }
    Comparable<?> value = java.util.Objects.requireNonNull(literal.getValueAs(Comparable.class));
    if (type.kind() == org.facetdb.sql.type.TypeKind.NUMERIC) {
      // A literal shows the digits that it was written with.
      return new LeafNodes.Constant(SqlType.NUMERIC, numeric(literal));
    }
    return new LeafNodes.Constant(type, convert(type, literal, value));
  }

  private static BigDecimal numeric(RexLiteral literal) {
    BigDecimal value = java.util.Objects.requireNonNull(literal.getValueAs(BigDecimal.class));
    int scale = Math.max(0, literal.getType().getScale());
    if (scale == TypeMapping.UNBOUNDED_SCALE) {
      // Calcite has filled the value up to the scale of its type.
      BigDecimal digits = value.stripTrailingZeros();
      return digits.scale() < 0 ? digits.setScale(0) : digits;
    }
    return value.scale() < scale ? value.setScale(scale) : value;
  }

  private static @Nullable Object convert(SqlType type, RexLiteral literal, Object value) {
    return switch (type.kind()) {
      case BOOLEAN, UUID ->
          value instanceof UUID || value instanceof Boolean ? value : type.canonical(string(value));
      case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> type.canonical(value);
      case UNKNOWN, TEXT, VARCHAR, JSON -> string(value);
      case CHAR -> SqlType.BPCHAR.fitString(string(value), true);
      case BYTEA -> ((ByteString) value).getBytes();
      case DATE ->
          type.parse(
              java.util.Objects.requireNonNull(literal.getValueAs(DateString.class)).toString());
      case TIME ->
          type.parse(
              java.util.Objects.requireNonNull(literal.getValueAs(TimeString.class)).toString());
      case TIMESTAMP, TIMESTAMPTZ ->
          type.parse(
              java.util.Objects.requireNonNull(literal.getValueAs(TimestampString.class))
                  .toString());
      case INTERVAL -> interval(literal, value);
    };
  }

  private static String string(Object value) {
    return value instanceof NlsString text ? text.getValue() : value.toString();
  }

  /** Calcite counts months, or milliseconds. */
  private static Interval interval(RexLiteral literal, Object value) {
    if (!(value instanceof BigDecimal amount)) {
      throw DatabaseException.internal("no interval: " + literal, null);
    }
    if (literal.getType().getSqlTypeName().isYearMonth()) {
      return new Interval(amount.intValueExact(), 0, 0);
    }
    long micros = amount.multiply(BigDecimal.valueOf(1000)).longValueExact();
    return new Interval(
        0, (int) (micros / Interval.MICROS_PER_DAY), micros % Interval.MICROS_PER_DAY);
  }
}
