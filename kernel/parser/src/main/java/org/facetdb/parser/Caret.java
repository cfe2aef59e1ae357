package org.facetdb.parser;

/** Shows a place in a text: the line it is on, and a caret below. Stateless. */
public final class Caret {
  private static final int WIDTH_MAX = 120;

  private Caret() {}

  /**
   * Renders {@code LINE 2: text} and a caret below the character at {@code offset} (from 0, UTF-16
   * units; one past the end is allowed). Long lines are cut around the place.
   */
  public static String render(String sql, int offset) {
    int at = Math.clamp(offset, 0, sql.length());
    int start = sql.lastIndexOf('\n', at - 1) + 1;
    int end = sql.indexOf('\n', at);
    end = end < 0 ? sql.length() : end;
    int line = 1 + (int) sql.substring(0, start).chars().filter(c -> c == '\n').count();
    int from = Math.max(start, Math.min(at - WIDTH_MAX / 2, end - WIDTH_MAX));
    int to = Math.min(end, from + WIDTH_MAX);
    String prefix = "LINE " + line + ": " + (from > start ? "..." : "");
    String shown = sql.substring(from, to).replace('\t', ' ').replace('\r', ' ');
    int indent = prefix.length() + sql.codePointCount(from, at);
    return prefix + shown + (to < end ? "..." : "") + "\n" + " ".repeat(indent) + "^";
  }
}
