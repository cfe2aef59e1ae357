package org.facetdb.sql.type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.AbstractSqlType;
import org.apache.calcite.sql.type.SqlTypeName;

/**
 * A type that Calcite has no name for, carried through its plans. Immutable, compared by digest.
 */
final class ExtendedRelType extends AbstractSqlType {
  private static final long serialVersionUID = 1L;

  private final transient SqlType type;

  ExtendedRelType(SqlType type, boolean nullable) {
    super(SqlTypeName.OTHER, nullable, null);
    this.type = type;
    computeDigest();
  }

  SqlType type() {
    return type;
  }

  RelDataType withNullability(RelDataTypeFactory factory, boolean nullable) {
    return nullable == isNullable() ? this : new ExtendedRelType(type, nullable);
  }

  @Override
  protected void generateTypeString(StringBuilder out, boolean withDetail) {
    out.append(type.name());
  }
}
