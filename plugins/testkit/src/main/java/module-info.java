/**
 * The contract suite for plug-ins: the kernel's part in memory, a model of all versions of all
 * rows, and checks that an index method must pass.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.testkit {
  requires static transitive org.jspecify;
  requires transitive org.facetdb.spi;
  requires transitive org.junit.jupiter.api;

  exports org.facetdb.testkit;
}
