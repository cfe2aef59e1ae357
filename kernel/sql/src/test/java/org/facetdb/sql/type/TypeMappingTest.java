package org.facetdb.sql.type;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypeMappingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "numeric",
        "numeric(10,2)",
        "numeric(1000,0)",
        "text",
        "character varying(7)",
        "character(3)",
        "bpchar",
        "bytea",
        "date",
        "time without time zone",
        "timestamp without time zone",
        "timestamp(3) without time zone",
        "timestamp with time zone",
        "interval",
        "uuid",
        "json"
      })
  void everyTypeSurvivesCalcite(String name) {
    TypeMapping.Factory factory = new TypeMapping.Factory(RelDataTypeSystem.DEFAULT);
    SqlType type = java.util.Objects.requireNonNull(TypeNames.parse(name));
    assertEquals(name, type.name());
    for (boolean nullable : new boolean[] {false, true}) {
      RelDataType rel = TypeMapping.toRel(factory, type, nullable);
      assertEquals(nullable, rel.isNullable());
      assertEquals(type, TypeMapping.toLogical(rel));
      assertEquals(rel, TypeMapping.toRel(factory, type, nullable));
      assertEquals(type, TypeMapping.toLogical(factory.createTypeWithNullability(rel, !nullable)));
    }
  }
}
