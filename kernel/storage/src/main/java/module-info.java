/** Write-ahead log, LSM tree, MVCC and locks. Knows no SQL and no plug-ins. */
@org.jspecify.annotations.NullMarked
module org.facetdb.storage {
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires org.lz4.java;

  exports org.facetdb.storage;
  // Sessions take locks of their own, which no store knows of.
  exports org.facetdb.storage.lock;
}
