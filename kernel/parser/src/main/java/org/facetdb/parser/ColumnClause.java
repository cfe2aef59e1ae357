package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;

/** A column of {@code CREATE TABLE}: name, type, and its constraints in the order written. */
public record ColumnClause(SqlIdentifier name, TypeName type, List<ColumnConstraint> constraints) {
  /** Copies the list. */
  public ColumnClause {
    constraints = List.copyOf(constraints);
  }

  void unparse(Unparse u) {
    u.node(name);
    u.words(type.text());
    for (ColumnConstraint constraint : constraints) {
      u.constraint(constraint);
    }
  }
}
