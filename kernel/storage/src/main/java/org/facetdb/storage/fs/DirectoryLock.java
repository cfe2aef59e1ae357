package org.facetdb.storage.fs;

/** A held lock on a store's directory, released by closing; closing twice is no error. */
public interface DirectoryLock extends AutoCloseable {
  @Override
  void close();
}
