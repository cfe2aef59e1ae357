/** Benchmarks, each beside its peer in the same run. Nothing else depends on this module. */
@org.jspecify.annotations.NullMarked
module org.facetdb.benchmarks {
  requires static transitive org.jspecify;
  requires org.facetdb;
  requires org.facetdb.peers;
  requires org.facetdb.storage;
  requires java.sql;
  requires org.apache.lucene.analysis.common;
  requires org.apache.lucene.core;
  requires org.apache.lucene.queryparser;
  requires rocksdbjni;
  requires tpch;

  exports org.facetdb.benchmarks;
}
