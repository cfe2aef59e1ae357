package org.facetdb.parser.grammar;

import java.util.Map;

/** The operators that the grammar knows by token. Stateless. */
final class Operators {
  private static final Map<String, Integer> KINDS =
      Map.ofEntries(
          Map.entry("=", GeneratedParserConstants.EQ),
          Map.entry("<", GeneratedParserConstants.LT),
          Map.entry(">", GeneratedParserConstants.GT),
          Map.entry("<=", GeneratedParserConstants.LE),
          Map.entry(">=", GeneratedParserConstants.GE),
          Map.entry("<>", GeneratedParserConstants.NE),
          Map.entry("!=", GeneratedParserConstants.NE2),
          Map.entry("+", GeneratedParserConstants.PLUS),
          Map.entry("-", GeneratedParserConstants.MINUS),
          Map.entry("*", GeneratedParserConstants.STAR),
          Map.entry("/", GeneratedParserConstants.SLASH),
          Map.entry("%", GeneratedParserConstants.PERCENT_REMAINDER),
          Map.entry("||", GeneratedParserConstants.CONCAT),
          Map.entry("^", GeneratedParserConstants.CARET),
          Map.entry("?", GeneratedParserConstants.HOOK),
          Map.entry("=>", GeneratedParserConstants.NAMED_ARGUMENT_ASSIGNMENT));

  private Operators() {}

  static int kind(String spelling) {
    return KINDS.getOrDefault(spelling, GeneratedParserConstants.OPERATOR);
  }

  /**
   * How much of a run of operator characters is the first operator, given that {@code ?} is also a
   * parameter that people write without spaces: {@code a=?} and {@code ?+1} are two tokens each,
   * {@code ?|} and {@code @?} are operators.
   */
  static int lengthBesideParameter(String run) {
    int length = run.length();
    if (length < 2) {
      return length;
    }
    boolean last = run.charAt(length - 1) == '?';
    if (run.charAt(0) == '?') {
      boolean known = isKnown(run.substring(1)) || (last && isKnown(run.substring(1, length - 1)));
      return known ? 1 : length;
    }
    return last && isKnown(run.substring(0, length - 1)) ? length - 1 : length;
  }

  private static boolean isKnown(String spelling) {
    return KINDS.containsKey(spelling) && !spelling.equals("?");
  }
}
