package org.facetdb.spi.function;

/** How long a function's answer for the same arguments holds. */
public enum Volatility {
  /** For ever: calls with constants are folded when the statement is planned. */
  IMMUTABLE,
  /** Within one statement. */
  STABLE,
  /** Not even from row to row. */
  VOLATILE
}
