package org.facetdb.cli.suite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of a sqllogictest file, as <a href="https://www.sqlite.org/sqllogictest/">its
 * authors</a> describe the format.
 */
sealed interface SqlLogicRecord {
  /** Line of the record's first directive, from 1. */
  int line();

  /** Why the record is left out for our dialect, {@code null} if it is not. */
  @Nullable String skipReason();

  /** A statement that has to succeed or to fail. */
  record Statement(int line, @Nullable String skipReason, String sql, boolean expectsError)
      implements SqlLogicRecord {}

  /**
   * A query with its result.
   *
   * @param types a letter per column: I integer, R real, T text
   * @param label queries of one label in a file must agree, {@code null} for none
   * @param expected the values, or one line {@code N values hashing to H}
   */
  record Query(
      int line,
      @Nullable String skipReason,
      String sql,
      String types,
      Sort sort,
      @Nullable String label,
      List<String> expected)
      implements SqlLogicRecord {}

  /** The file ends here for our dialect. */
  record Halt(int line, @Nullable String skipReason) implements SqlLogicRecord {}

  /** How a result is put in order before it is compared. */
  enum Sort {
    NOSORT,
    ROWSORT,
    VALUESORT
  }
}
