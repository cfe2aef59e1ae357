package org.facetdb.sql.expr;

/** The six comparisons, as a set of the three outcomes of an order. */
enum Comparison {
  EQUAL("=", 0b010),
  NOT_EQUAL("<>", 0b101),
  LESS("<", 0b001),
  LESS_OR_EQUAL("<=", 0b011),
  GREATER(">", 0b100),
  GREATER_OR_EQUAL(">=", 0b110);

  private final String symbol;
  private final int outcomes;

  Comparison(String symbol, int outcomes) {
    this.symbol = symbol;
    this.outcomes = outcomes;
  }

  String symbol() {
    return symbol;
  }

  /** Bit 0: less, bit 1: equal, bit 2: greater. */
  int outcomes() {
    return outcomes;
  }

  /** Whether the outcome -1, 0 or 1 satisfies the comparison. */
  static boolean test(int outcomes, int order) {
    return (outcomes >>> (order + 1) & 1) != 0;
  }

  /** The comparison with its sides exchanged. */
  Comparison mirrored() {
    return switch (this) {
      case EQUAL, NOT_EQUAL -> this;
      case LESS -> GREATER;
      case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
      case GREATER -> LESS;
      case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
    };
  }
}
