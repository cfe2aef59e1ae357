/** Database and session: the only place where storage and SQL are wired; and the JDBC driver. */
@org.jspecify.annotations.NullMarked
module org.facetdb {
  requires static transitive org.jspecify;
  requires transitive java.sql;
  requires transitive org.facetdb.spi;
  requires transitive org.facetdb.sql;
  requires org.facetdb.host;
  requires org.facetdb.storage;

  exports org.facetdb;
  // Drivers are named in configuration files, so the class is public.
  exports org.facetdb.jdbc;

  provides java.sql.Driver with
      org.facetdb.jdbc.FacetDriver;
}
