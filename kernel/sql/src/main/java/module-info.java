/**
 * Catalog, binder, planner and vectorised execution. The only module beside the parser that names
 * Calcite.
 */
// The engine is built after this module.
@SuppressWarnings("module")
@org.jspecify.annotations.NullMarked
module org.facetdb.sql {
  requires static transitive org.jspecify;
  requires transitive org.facetdb.spi;
  requires transitive org.facetdb.storage;
  requires avatica.core;
  requires org.facetdb.parser;
  requires calcite.core;
  requires calcite.linq4j;
  requires com.fasterxml.jackson.core;
  requires com.google.common;
  // Annotations of Calcite's classes, which the compiler wants to see.
  requires static org.apiguardian.api;
  requires static org.checkerframework.checker.qual;

  exports org.facetdb.sql;
  // The JDBC driver answers metadata calls from the catalog and in the built-in types.
  exports org.facetdb.sql.catalog to
      org.facetdb;
  exports org.facetdb.sql.type to
      org.facetdb;
}
