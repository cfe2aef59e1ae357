package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;

/**
 * PRIMARY KEY or UNIQUE.
 *
 * @param columns positions in the table, in key order
 * @param indexId the index that enforces it; 0 for the primary key, which the table's own key space
 *     enforces
 * @param checking when duplicates are refused; where that can be deferred, the index holds them
 *     until then
 */
public record KeyConstraint(String name, List<Integer> columns, int indexId, Checking checking) {
  public KeyConstraint {
    Objects.requireNonNull(name);
    Objects.requireNonNull(checking);
    columns = List.copyOf(columns);
  }

  /** A constraint that is checked by each statement. */
  public KeyConstraint(String name, List<Integer> columns, int indexId) {
    this(name, columns, indexId, Checking.NOT_DEFERRABLE);
  }
}
