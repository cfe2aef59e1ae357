package org.facetdb.sql.exec;

/** How a join treats rows with and without a partner. */
public enum JoinKind {
  /** Pairs that satisfy the condition. */
  INNER,
  /** Pairs, and left rows without a partner. */
  LEFT,
  /** Pairs, and right rows without a partner. */
  RIGHT,
  /** Pairs, and rows of either side without a partner. */
  FULL,
  /** Left rows with a partner, once each; left columns only. */
  SEMI,
  /** Left rows without a partner; left columns only. NOT EXISTS. */
  ANTI,
  /**
   * NOT IN: left rows for which the condition is false for every right row, not merely unknown;
   * left columns only.
   */
  NULL_AWARE_ANTI;

  /** True if the output has the left columns alone. */
  public boolean leftOnly() {
    return this == SEMI || this == ANTI || this == NULL_AWARE_ANTI;
  }

  /** True if left rows without a partner come out with nulls on the right. */
  public boolean keepsLeft() {
    return this == LEFT || this == FULL;
  }

  /** True if right rows without a partner come out with nulls on the left. */
  public boolean keepsRight() {
    return this == RIGHT || this == FULL;
  }
}
