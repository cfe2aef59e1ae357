/**
 * The commands that people and scripts call. Speaks to databases through {@code java.sql} alone,
 * but for the check of a store's files, which works below SQL, and the plug-in packages, which need
 * no database.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.cli {
  requires static transitive org.jspecify;
  requires java.sql;
  requires org.facetdb;
  requires org.facetdb.host;
  requires org.facetdb.storage;
  requires info.picocli;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires com.fasterxml.jackson.core;
  requires org.apache.commons.csv;
  requires tpch;
  // Only the launcher of the suite that compares with Lucene adds these.
  requires static org.apache.lucene.core;
  requires static org.apache.lucene.analysis.common;

  opens org.facetdb.cli to
      info.picocli;
}
