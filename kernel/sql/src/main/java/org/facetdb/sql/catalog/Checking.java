package org.facetdb.sql.catalog;

/** When a constraint is checked. */
public enum Checking {
  /** When each statement ends. */
  NOT_DEFERRABLE,
  /** When each statement ends, unless SET CONSTRAINTS says otherwise. */
  INITIALLY_IMMEDIATE,
  /** At the commit, unless SET CONSTRAINTS says otherwise. */
  INITIALLY_DEFERRED;

  /** Whether the check can be put off to the commit. */
  public boolean isDeferrable() {
    return this != NOT_DEFERRABLE;
  }
}
