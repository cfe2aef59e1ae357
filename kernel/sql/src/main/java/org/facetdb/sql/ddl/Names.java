package org.facetdb.sql.ddl;

import java.util.function.Predicate;

/** Names that the database chooses. Stateless. */
final class Names {
  private Names() {}

  /** The base, or with the first number that makes it free. */
  static String free(String base, Predicate<String> taken) {
    String candidate = base;
    for (int i = 1; taken.test(candidate); i++) {
      candidate = base + i;
    }
    return candidate;
  }
}
