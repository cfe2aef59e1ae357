package org.facetdb.storage;

import java.nio.file.Path;

/** Opens stores. */
public final class Stores {
  private Stores() {}

  /**
   * Opens a directory on disk, making it if absent, and recovers it.
   *
   * @throws StorageException SQLSTATE 55006 naming the holder if another owner has it; category
   *     {@code CORRUPTION} with file, offset, expected and found if it is damaged
   */
  public static Store open(Path directory, StoreOptions options) {
    throw StorageException.io("cannot open " + directory + " " + options, null);
  }
}
