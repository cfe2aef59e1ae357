package org.facetdb.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints rows in aligned columns under a header, and their number below. Rows may come in several
 * parts, which are aligned among themselves; the header goes with the first.
 */
final class TextTable {
  private final PrintWriter out;
  private final String[] names;
  private final boolean[] right;
  private boolean begun;
  private long count;

  /**
   * @param right the columns that are aligned at their right
   */
  TextTable(PrintWriter out, String[] names, boolean[] right) {
    this.out = out;
    this.names = names;
    this.right = right;
  }

  /** Prints a part of the rows. */
  void print(List<@Nullable String[]> rows) {
    int[] widths = widths(rows);
    if (!begun) {
      header(widths);
      begun = true;
    }
    for (@Nullable String[] row : rows) {
      row(row, widths);
    }
    count += rows.size();
  }

  /**
   * Prints how many rows there were.
   *
   * @return that number
   */
  long end() {
    out.println(count == 1 ? "(1 row)" : "(" + count + " rows)");
    return count;
  }

  private int[] widths(List<@Nullable String[]> rows) {
    int[] widths = new int[names.length];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = width(names[c]);
      for (@Nullable String[] row : rows) {
        String value = row[c];
        widths[c] = Math.max(widths[c], value == null ? 0 : width(value));
      }
    }
    return widths;
  }

  /** The number of characters as a terminal counts them, near enough. */
  static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private void header(int[] widths) {
    StringBuilder line = new StringBuilder();
    StringBuilder rule = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String name = names[c];
      int left = (widths[c] - width(name)) / 2;
      line.append(c == 0 ? " " : "| ").append(" ".repeat(left)).append(name);
      line.append(" ".repeat(widths[c] - width(name) - left + 1));
      rule.append(c == 0 ? "" : "+").append("-".repeat(widths[c] + 2));
    }
    out.println(line.toString().stripTrailing());
    out.println(rule);
  }

  private void row(@Nullable String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String value = row[c] == null ? "" : row[c];
      String pad = " ".repeat(widths[c] - width(value));
      line.append(c == 0 ? " " : "| ").append(right[c] ? pad + value : value + pad).append(' ');
    }
    out.println(line.toString().stripTrailing());
  }
}
