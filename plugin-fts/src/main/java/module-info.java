/** Full-text search: an index method on Lucene. Its only service is its plug-in's entry class. */
@org.jspecify.annotations.NullMarked
module org.facetdb.fts {
  requires static org.jspecify;
  requires static jdk.incubator.vector;
  requires java.logging;
  requires org.facetdb.spi;
  requires org.apache.lucene.core;
  requires org.apache.lucene.analysis.common;
  requires org.apache.lucene.queryparser;
  requires org.apache.lucene.highlighter;

  provides org.facetdb.spi.Plugin with
      org.facetdb.fts.FtsPlugin;
}
