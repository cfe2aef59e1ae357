/**
 * The JDBC jar for an ordinary class path: it carries the kernel's jars and defines their module
 * layer. Sees nothing of the kernel at compile time.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.bootstrap {
  requires static transitive org.jspecify;
  requires transitive java.sql;

  exports org.facetdb.bootstrap;

  // The kernel's own driver, within its layer.
  uses java.sql.Driver;

  provides java.sql.Driver with
      org.facetdb.bootstrap.BootstrapDriver;
}
