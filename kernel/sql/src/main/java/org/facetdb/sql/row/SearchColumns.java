package org.facetdb.sql.row;

/**
 * The hidden columns that a search adds to a table's row, by index: the score, and a number by
 * which the search's conditions are found again. As a column position such a column is a number
 * below {@code TableDefinition.ROW_KEY}.
 */
public final class SearchColumns {
  private static final int FIRST = -2;

  private SearchColumns() {}

  /** Position of an index's score. */
  public static int score(int indexId) {
    return FIRST - 2 * indexId;
  }

  /** Position of an index's search number. */
  public static int search(int indexId) {
    return FIRST - 2 * indexId - 1;
  }

  public static boolean isSearchColumn(int position) {
    return position <= FIRST;
  }

  public static boolean isScore(int position) {
    return (FIRST - position) % 2 == 0;
  }

  /** The index that a position belongs to. */
  public static int indexId(int position) {
    return (FIRST - position) / 2;
  }

  public static String scoreName(int indexId) {
    return "$score" + indexId;
  }

  public static String searchName(int indexId) {
    return "$search" + indexId;
  }

  /** Whether a hidden column's name is that of a search column. */
  public static boolean isName(String name) {
    return name.startsWith("$score") || name.startsWith("$search");
  }
}
