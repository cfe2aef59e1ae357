package org.facetdb.sql.extension;

import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.jspecify.annotations.Nullable;

/** Explains names that nothing knows now and an extension would. Thread-safe. */
@FunctionalInterface
public interface Absences {
  /** Where there are no extensions. */
  Absences NONE = (catalog, what, name) -> null;

  /**
   * The error for a name; null if no extension is known to contribute it.
   *
   * @param what the thing that is missed, with its kind, for the message
   */
  @Nullable DatabaseException of(CatalogSnapshot catalog, String what, String name);
}
