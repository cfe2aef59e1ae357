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
    if (checking != Checking.NOT_DEFERRABLE) {
      u.words(checking.text());
    }
  }

  /** When it is checked. */
  public enum Checking {
    /** At the end of each statement, whatever {@code SET CONSTRAINTS} says. */
    NOT_DEFERRABLE,
    /** At the end of each statement, unless {@code SET CONSTRAINTS} says otherwise. */
    INITIALLY_IMMEDIATE,
    /** When the transaction commits, unless {@code SET CONSTRAINTS} says otherwise. */
    INITIALLY_DEFERRED;

    private String text() {
      return switch (this) {
        case NOT_DEFERRABLE -> "";
        case INITIALLY_IMMEDIATE -> "DEFERRABLE";
        case INITIALLY_DEFERRED -> "DEFERRABLE INITIALLY DEFERRED";
      };
    }
  }
}
