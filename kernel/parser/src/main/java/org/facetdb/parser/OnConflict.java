package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * {@code ON CONFLICT [(columns)] DO NOTHING | DO UPDATE SET ... [WHERE ...]}; no assignments mean
 * nothing is done.
 */
public record OnConflict(
    List<SqlIdentifier> columns, List<Assignment> assignments, @Nullable SqlNode where) {
  /** Copies the lists. */
  public OnConflict {
    columns = List.copyOf(columns);
    assignments = List.copyOf(assignments);
  }

  void unparse(Unparse u) {
    u.words("ON CONFLICT").optionalNames(columns);
    if (assignments.isEmpty()) {
      u.words("DO NOTHING");
      return;
    }
    u.words("DO UPDATE SET").assignments(assignments);
    if (where != null) {
      u.words("WHERE").node(where);
    }
  }
}
