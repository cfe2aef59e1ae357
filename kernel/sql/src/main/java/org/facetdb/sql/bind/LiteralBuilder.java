package org.facetdb.sql.bind;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.NlsString;
import org.facetdb.sql.expr.CastOperators;

/**
 * Builds expressions without Calcite's own ideas of literals: text is never padded, and a cast is
 * never evaluated on the way. As thread-safe as its type factory.
 */
public final class LiteralBuilder extends RexBuilder {
  public LiteralBuilder(RelDataTypeFactory factory) {
    super(factory);
  }

  @Override
  public RexNode makeCast(
      SqlParserPos position,
      RelDataType type,
      RexNode operand,
      boolean matchNullability,
      boolean safe,
      RexLiteral format) {
    if (operand instanceof RexLiteral literal && literal.isNull()) {
      return nullOf(type);
    }
    RelDataType wanted =
        matchNullability
            ? type
            : typeFactory.createTypeWithNullability(type, operand.getType().isNullable());
    if (operand.getType().equals(wanted)) {
      return operand;
    }
    return operand instanceof RexLiteral
        ? makeCall(wanted, CastOperators.LITERAL, List.of(operand))
        : makeAbstractCast(position, wanted, operand, safe, format);
  }

  /** NULL of a type. */
  RexLiteral nullOf(RelDataType type) {
    return super.makeLiteral(
        null, typeFactory.createTypeWithNullability(type, true), SqlTypeName.NULL);
  }

  /** NULL whose type nothing decided yet. */
  RexLiteral untypedNull() {
    return nullOf(typeFactory.createSqlType(SqlTypeName.NULL));
  }

  /** A quoted literal that has no type yet; Calcite's CHAR stands for that. */
  RexLiteral unknown(String value) {
    RelDataType type = typeFactory.createSqlType(SqlTypeName.CHAR, Math.max(1, value.length()));
    return super.makeLiteral(nls(value), type, SqlTypeName.CHAR);
  }

  /** A text of a string type. */
  RexLiteral text(String value, RelDataType type) {
    return super.makeLiteral(
        nls(value), typeFactory.createTypeWithNullability(type, false), SqlTypeName.CHAR);
  }

  /** A numeric of exactly the digits given. */
  RexLiteral numeric(BigDecimal value) {
    BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
    int precision = Math.max(Math.max(plain.precision(), plain.scale()), 1);
    RelDataType type = typeFactory.createSqlType(SqlTypeName.DECIMAL, precision, plain.scale());
    return makeExactLiteral(plain, type);
  }

  private static NlsString nls(String value) {
    return new NlsString(value, StandardCharsets.UTF_8.name(), SqlCollation.IMPLICIT);
  }
}
