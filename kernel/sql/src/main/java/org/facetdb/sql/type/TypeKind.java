package org.facetdb.sql.type;

/** The families of built-in types, each with its name in PostgreSQL's catalog. */
public enum TypeKind {
  /** The type of a quoted literal, NULL or parameter whose context has not yet decided. */
  UNKNOWN("unknown"),
  BOOLEAN("bool"),
  SMALLINT("int2"),
  INTEGER("int4"),
  BIGINT("int8"),
  REAL("float4"),
  DOUBLE("float8"),
  NUMERIC("numeric"),
  TEXT("text"),
  VARCHAR("varchar"),
  CHAR("bpchar"),
  BYTEA("bytea"),
  DATE("date"),
  TIME("time"),
  TIMESTAMP("timestamp"),
  TIMESTAMPTZ("timestamptz"),
  INTERVAL("interval"),
  UUID("uuid"),
  JSON("json");

  private final String catalogName;

  TypeKind(String catalogName) {
    this.catalogName = catalogName;
  }

  /** The name in {@code pg_type}. */
  public String catalogName() {
    return catalogName;
  }

  public boolean isInteger() {
    return this == SMALLINT || this == INTEGER || this == BIGINT;
  }

  public boolean isFloat() {
    return this == REAL || this == DOUBLE;
  }

  public boolean isNumber() {
    return isInteger() || isFloat() || this == NUMERIC;
  }

  /** text, varchar, char: UTF-8 in a byte lane. */
  public boolean isString() {
    return this == TEXT || this == VARCHAR || this == CHAR;
  }

  public boolean isDateTime() {
    return this == DATE || this == TIME || this == TIMESTAMP || this == TIMESTAMPTZ;
  }
}
