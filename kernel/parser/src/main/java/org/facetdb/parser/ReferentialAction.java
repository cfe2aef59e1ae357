package org.facetdb.parser;

/** What happens to referring rows when the row they refer to goes or changes its key. */
public enum ReferentialAction {
  /** The statement fails unless the reference is gone at its end. */
  NO_ACTION,
  /** The statement fails. */
  RESTRICT,
  /** The referring rows follow. */
  CASCADE,
  /** The referring columns become null. */
  SET_NULL,
  /** The referring columns take their defaults. */
  SET_DEFAULT;

  String text() {
    return name().replace('_', ' ');
  }
}
