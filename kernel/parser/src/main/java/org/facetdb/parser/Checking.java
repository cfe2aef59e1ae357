package org.facetdb.parser;

/** When a constraint is checked: {@code [[NOT] DEFERRABLE] [INITIALLY DEFERRED | IMMEDIATE]}. */
public enum Checking {
  /** At the end of each statement, whatever {@code SET CONSTRAINTS} says. */
  NOT_DEFERRABLE,
  /** At the end of each statement, unless {@code SET CONSTRAINTS} says otherwise. */
  INITIALLY_IMMEDIATE,
  /** When the transaction commits, unless {@code SET CONSTRAINTS} says otherwise. */
  INITIALLY_DEFERRED;

  void unparse(Unparse u) {
    switch (this) {
      case NOT_DEFERRABLE -> {}
      case INITIALLY_IMMEDIATE -> u.words("DEFERRABLE");
      case INITIALLY_DEFERRED -> u.words("DEFERRABLE INITIALLY DEFERRED");
    }
  }
}
