package org.facetdb.sql.bind;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.expr.CastOperators;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Gives expressions the types that their contexts ask for. Quoted literals, NULL and parameters
 * begin with the unknown type and take that of the other side, as in PostgreSQL. Used by the
 * binding thread.
 */
final class Coercion {
  private final LiteralBuilder rex;
  private final RelDataTypeFactory factory;
  private final Parameters parameters;
  private final SourceText text;
  private final Constants constants;
  private final RelDataType unknown;

  /** Where quoted literals stand, by identity: an expression has no place of its own. */
  private final Map<RexNode, SqlNode> quoted = new IdentityHashMap<>();

  Coercion(LiteralBuilder rex, Parameters parameters, SourceText text, Constants constants) {
    this.rex = rex;
    this.factory = rex.getTypeFactory();
    this.parameters = parameters;
    this.text = text;
    this.constants = constants;
    this.unknown = factory.createUnknownType();
  }

  RelDataType relType(LogicalType type, boolean nullable) {
    return TypeMapping.toRel(factory, type, nullable);
  }

  LogicalType logical(RelDataType type) {
    return isUnknown(type) ? LogicalTypes.UNKNOWN : TypeMapping.toLogical(type);
  }

  TypeKind kind(RelDataType type) {
    return isUnknown(type) ? TypeKind.UNKNOWN : LogicalTypes.kind(TypeMapping.toLogical(type));
  }

  /** The type as error messages name it. */
  String name(RelDataType type) {
    return isUnknown(type) ? "unknown" : LogicalTypes.baseName(TypeMapping.toLogical(type));
  }

  RelDataType of(TypeKind kind, boolean nullable) {
    return relType(LogicalTypes.of(kind), nullable);
  }

  RelDataType bigint() {
    return of(TypeKind.BIGINT, true);
  }

  RelDataType bool(boolean nullable) {
    return of(TypeKind.BOOLEAN, nullable);
  }

  /** The type that stands for none yet. */
  RelDataType unknown() {
    return unknown;
  }

  boolean isUnknown(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.UNKNOWN
        || type.getSqlTypeName() == SqlTypeName.NULL;
  }

  /** A quoted literal, an untyped NULL or a parameter whose type nothing decided yet. */
  boolean isUnknown(RexNode node) {
    return switch (node) {
      case RexLiteral literal ->
          literal.getType().getSqlTypeName() == SqlTypeName.CHAR
              || literal.getType().getSqlTypeName() == SqlTypeName.NULL;
      case RexDynamicParam parameter ->
          isUnknown(parameter.getType()) && parameters.type(parameter.getIndex()) == null;
      default -> false;
    };
  }

  /** The expression's type, the unknown type for an unknown one. */
  RelDataType typeOf(RexNode node) {
    if (isUnknown(node)) {
      return unknown;
    }
    if (node instanceof RexDynamicParam parameter && isUnknown(parameter.getType())) {
      RelDataType decided = parameters.type(parameter.getIndex());
      return decided == null ? unknown : decided;
    }
    return node.getType();
  }

  TypeKind kind(RexNode node) {
    return kind(typeOf(node));
  }

  /** A parameter, of unknown type until a context decides it. */
  RexNode parameter(int index) {
    parameters.use(index, this);
    RelDataType type = parameters.type(index);
    return rex.makeDynamicParam(type == null ? unknown : type, index);
  }

  /** A quoted literal. */
  RexNode quoted(String value, SqlNode at) {
    RexNode literal = rex.unknown(value);
    quoted.put(literal, at);
    return literal;
  }

  RexNode asText(RexNode node) {
    return assign(node, of(TypeKind.TEXT, true), null);
  }

  /** The type in which several expressions meet: of CASE, COALESCE, VALUES, UNION. */
  RelDataType common(List<RelDataType> types, String construct, @Nullable SqlNode at) {
    RelDataType result = unknown;
    boolean nullable = false;
    for (RelDataType type : types) {
      nullable |= type.isNullable() || isUnknown(type);
      if (isUnknown(type)) {
        continue;
      }
      if (isUnknown(result)) {
        result = type;
        continue;
      }
      TypeKind common = Casts.common(kind(result), kind(type));
      if (common == null) {
        throw text.error(
            at,
            "42804",
            construct + " types " + name(result) + " and " + name(type) + " cannot be matched");
      }
      if (!sameModifiers(result, type)) {
        result = of(common, true);
      }
    }
    if (isUnknown(result)) {
      result = of(TypeKind.TEXT, true);
    }
    return factory.createTypeWithNullability(result, nullable);
  }

  private boolean sameModifiers(RelDataType a, RelDataType b) {
    return logical(a).equals(logical(b));
  }

  boolean canAssign(RelDataType from, RelDataType to) {
    return isUnknown(from) || from.equals(to) || Casts.assignment(kind(from), kind(to));
  }

  /** True if a value gets there without a cast. */
  boolean canUse(RelDataType from, RelDataType to) {
    return isUnknown(from) || from.equals(to) || Casts.implicit(kind(from), kind(to));
  }

  /** The expression as an expected type, if it gets there implicitly. */
  RexNode implicitly(RexNode node, RelDataType target, @Nullable SqlNode at) {
    if (!isUnknown(node) && !Casts.implicit(kind(node), kind(target))) {
      throw text.error(
          at,
          "42804",
          "type " + name(typeOf(node)) + " does not match the expected " + name(target));
    }
    return assign(node, target, at);
  }

  /** The expression as another type, without asking whether it goes there by itself. */
  RexNode assign(RexNode node, RelDataType target, @Nullable SqlNode at) {
    if (node instanceof RexDynamicParam parameter && isUnknown(parameter.getType())) {
      RelDataType decided = parameters.type(parameter.getIndex());
      if (decided == null) {
        decided = factory.createTypeWithNullability(target, true);
        parameters.decide(parameter.getIndex(), decided);
      }
      return cast(rex.makeDynamicParam(decided, parameter.getIndex()), target);
    }
    if (node instanceof RexLiteral literal && isUnknown(node)) {
      if (literal.isNull()) {
        return rex.nullOf(target);
      }
      String value = java.util.Objects.requireNonNull(literal.getValueAs(String.class));
      RexNode parsed = constants.parse(value, target, text, quoted.getOrDefault(node, at));
      // A numeric literal's type has the digits that it shows, not those that were asked for.
      return kind(target) == TypeKind.NUMERIC ? cast(parsed, target) : parsed;
    }
    return cast(node, target);
  }

  /** The expression on its way into a column: too long a string is an error, not cut. */
  RexNode toColumn(RexNode node, RelDataType target, @Nullable SqlNode at) {
    SqlType type = TypeMapping.toLogical(target);
    boolean fitted = type.precision() >= 0 || type.kind() == TypeKind.CHAR;
    if (!fitted || node instanceof RexLiteral literal && literal.isNull()) {
      return assign(node, target, at);
    }
    if (isUnknown(node) && !type.kind().isString()) {
      return assign(node, target, at);
    }
    RexNode value =
        isUnknown(node)
            ? assign(node, of(TypeKind.TEXT, true), at)
            : assign(node, typeOf(node), at);
    if (logical(value.getType()).equals(type)) {
      return value;
    }
    RelDataType result = factory.createTypeWithNullability(target, value.getType().isNullable());
    return rex.makeCall(result, CastOperators.ASSIGNMENT, List.of(value));
  }

  /** A cast that does something. */
  RexNode castTo(RexNode node, RelDataType target) {
    return cast(node, target);
  }

  private RexNode cast(RexNode node, RelDataType target) {
    if (logical(node.getType()).equals(logical(target))) {
      return node;
    }
    RelDataType type = factory.createTypeWithNullability(target, node.getType().isNullable());
    return rex.makeCall(type, SqlStdOperatorTable.CAST, List.of(node));
  }
}
