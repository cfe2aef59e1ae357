package org.facetdb.fts;

import java.util.Map;
import java.util.TreeMap;
import org.facetdb.spi.DatabaseException;

/**
 * The options of an index, checked. Immutable.
 *
 * @param analyzer a name that {@link Analyzers} knows
 * @param k1 BM25's term saturation, at least 0
 * @param b BM25's length normalisation, from 0 to 1
 */
record FtsOptions(String analyzer, float k1, float b) {
  private static final float DEFAULT_K1 = 1.2f;
  private static final float DEFAULT_B = 0.75f;

  /**
   * Reads options.
   *
   * @throws DatabaseException 22023 for an unknown one or a wrong value
   */
  static FtsOptions of(Map<String, String> options) {
    String analyzer = "english";
    float k1 = DEFAULT_K1;
    float b = DEFAULT_B;
    for (Map.Entry<String, String> option : new TreeMap<>(options).entrySet()) {
      String value = option.getValue();
      switch (option.getKey()) {
        case "analyzer" -> analyzer = analyzer(value);
        case "k1" -> k1 = number("k1", value, Float.MAX_VALUE, "a number of at least 0");
        case "b" -> b = number("b", value, 1, "a number from 0 to 1");
        default ->
            throw wrong(
                "an index of method bm25 has the options analyzer, b, k1: option="
                    + option.getKey());
      }
    }
    return new FtsOptions(analyzer, k1, b);
  }

  private static String analyzer(String value) {
    if (!Analyzers.names().contains(value)) {
      throw wrong(
          "option analyzer must be one of "
              + String.join(", ", Analyzers.names())
              + ": value="
              + value);
    }
    return value;
  }

  private static float number(String name, String value, float most, String rule) {
    float number;
    try {
      number = Float.parseFloat(value);
    } catch (NumberFormatException e) {
      number = Float.NaN;
    }
    if (!(number >= 0 && number <= most)) {
      throw wrong("option " + name + " must be " + rule + ": value=" + value);
    }
    return number;
  }

  private static DatabaseException wrong(String message) {
    return DatabaseException.user("22023", message);
  }
}
