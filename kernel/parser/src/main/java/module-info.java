import org.jspecify.annotations.NullMarked;

/**
 * The SQL grammar: PostgreSQL's dialect on Calcite's template. Its trees are for the SQL module
 * alone.
 */
@NullMarked
@SuppressWarnings("module") // the SQL module is built after this one
module org.facetdb.parser {
  requires transitive calcite.core;
  requires avatica.core;
  requires com.google.common;
  requires static transitive org.jspecify;
  requires static org.apiguardian.api;

  exports org.facetdb.parser to
      org.facetdb.sql;
}
