package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;

/**
 * {@code REFERENCES table [(columns)] [ON DELETE action] [ON UPDATE action] [[NOT] DEFERRABLE]
 * [INITIALLY DEFERRED | IMMEDIATE]}; no columns mean the primary key.
 */
public record Reference(
    SqlIdentifier table,
    List<SqlIdentifier> columns,
    ReferentialAction onDelete,
    ReferentialAction onUpdate,
    Checking checking) {
  /** Copies the list. */
  public Reference {
    columns = List.copyOf(columns);
  }

  void unparse(Unparse u) {
    u.words("REFERENCES").node(table);
    u.optionalNames(columns);
    if (onDelete != ReferentialAction.NO_ACTION) {
      u.words("ON DELETE " + onDelete.text());
    }
    if (onUpdate != ReferentialAction.NO_ACTION) {
      u.words("ON UPDATE " + onUpdate.text());
    }
    checking.unparse(u);
  }
}
