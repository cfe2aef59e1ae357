package org.facetdb.spi.function;

import java.lang.classfile.TypeKind;
import java.math.BigDecimal;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/** The Java types that an annotated method may use, with the SQL type and the vector of each. */
enum SimpleType {
  BOOLEAN("boolean", boolean.class, Boolean.class, BooleanVector.class),
  INT("integer", int.class, Integer.class, IntVector.class),
  LONG("bigint", long.class, Long.class, LongVector.class),
  FLOAT("real", float.class, Float.class, FloatVector.class),
  DOUBLE("double precision", double.class, Double.class, DoubleVector.class),
  STRING("text", String.class, null, BytesVector.class),
  BYTES("bytea", byte[].class, null, BytesVector.class),
  DECIMAL("numeric", BigDecimal.class, null, DecimalVector.class);

  final String sqlName;
  final Class<?> plain;
  final @Nullable Class<?> boxed;
  final Class<? extends Vector> vector;

  SimpleType(
      String sqlName, Class<?> plain, @Nullable Class<?> boxed, Class<? extends Vector> vector) {
    this.sqlName = sqlName;
    this.plain = plain;
    this.boxed = boxed;
    this.vector = vector;
  }

  /** The type that a class stands for, null if it stands for none. */
  static @Nullable SimpleType of(Class<?> javaType) {
    for (SimpleType type : values()) {
      if (type.plain == javaType || type.boxed == javaType) {
        return type;
      }
    }
    return null;
  }

  /** Whether values lie in one array of primitives. */
  boolean primitive() {
    return boxed != null;
  }

  TypeKind kind() {
    return TypeKind.from(plain);
  }
}
