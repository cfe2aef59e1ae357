package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;

/**
 * PRIMARY KEY or UNIQUE.
 *
 * @param columns positions in the table, in key order
 * @param indexId the index that enforces it; 0 for the primary key, which the table's own key space
 *     enforces
 */
public record KeyConstraint(String name, List<Integer> columns, int indexId) {
  public KeyConstraint {
    Objects.requireNonNull(name);
    columns = List.copyOf(columns);
  }
}
