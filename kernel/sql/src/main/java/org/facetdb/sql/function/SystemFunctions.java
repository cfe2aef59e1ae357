package org.facetdb.sql.function;

import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.sql.type.SqlType;

/** Functions that ask the session or the kernel. Stateless. */
final class SystemFunctions {
  private static final long VERSION_MASK = 0xffff_ffff_ffff_0fffL;
  private static final long VARIANT_MASK = 0x3fff_ffff_ffff_ffffL;

  private SystemFunctions() {}

  static void define(FunctionList list) {
    list.full(
        "facetdb_current_sequence",
        SqlType.BIGINT,
        false,
        true,
        Volatility.STABLE,
        (_, i, r, context) -> FunctionList.set(r, i, context.currentSequence()));
    for (String name : new String[] {"current_user", "session_user", "user", "current_role"}) {
      constant(list, name, null);
    }
    constant(list, "current_catalog", "facetdb");
    constant(list, "current_database", "facetdb");
    constant(list, "current_schema", "public");
    constant(list, "version", "PostgreSQL 15.0 compatible FacetDB 0.1.0");
    list.full(
        "gen_random_uuid",
        SqlType.UUID,
        false,
        true,
        Volatility.VOLATILE,
        (_, i, r, context) -> {
          long high = context.random().nextLong() & VERSION_MASK | 0x4000;
          long low = context.random().nextLong() & VARIANT_MASK | Long.MIN_VALUE;
          ((UuidVector) r).set(i, high, low);
        });
    list.full(
        "pg_typeof",
        SqlType.TEXT,
        false,
        false,
        Volatility.IMMUTABLE,
        (a, i, r, _) -> FunctionList.set(r, i, SqlType.require(a[0].type()).base().name()),
        SqlType.UNKNOWN);
  }

  /** A name that the session knows: the principal where {@code value} is null. */
  private static void constant(
      FunctionList list, String name, @org.jspecify.annotations.Nullable String value) {
    list.full(
        name,
        SqlType.TEXT,
        false,
        true,
        Volatility.STABLE,
        (_, i, r, context) -> FunctionList.set(r, i, value == null ? context.principal() : value));
  }
}
