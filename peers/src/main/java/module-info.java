/** Servers of the machine's own packages, to compare with in tests and benchmarks. */
@org.jspecify.annotations.NullMarked
module org.facetdb.peers {
  requires static transitive org.jspecify;

  exports org.facetdb.peers;
}
