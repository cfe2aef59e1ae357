package org.facetdb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The word by which PostgreSQL acknowledges a statement, such as {@code INSERT 0 1}. */
final class CommandTag {
  private static final Pattern COMMENTS =
      Pattern.compile("\\A(\\s+|--[^\\n]*\\n?|/\\*.*?\\*/)*", Pattern.DOTALL);
  private static final Pattern WORD = Pattern.compile("[a-zA-Z]+");
  private static final Set<String> FILLERS =
      Set.of("UNIQUE", "OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL");

  private CommandTag() {}

  /**
   * The tag of a statement that succeeded.
   *
   * @param count rows returned, written or copied; not shown for statements that have none
   */
  static String of(String sql, long count) {
    List<String> words = words(sql);
    String first = words.isEmpty() ? "" : words.getFirst();
    return switch (first) {
      case "INSERT" -> "INSERT 0 " + count;
      case "SELECT", "VALUES", "WITH", "TABLE" -> "SELECT " + count;
      case "UPDATE", "DELETE", "COPY", "MERGE" -> first + " " + count;
      case "CREATE", "DROP", "ALTER", "TRUNCATE" -> first + object(first, words);
      case "START" -> "START TRANSACTION";
      case "END" -> "COMMIT";
      case "ABORT" -> "ROLLBACK";
      default -> first;
    };
  }

  private static String object(String first, List<String> words) {
    if (first.equals("TRUNCATE")) {
      return " TABLE";
    }
    for (String word : words.subList(1, words.size())) {
      if (!FILLERS.contains(word)) {
        return " " + word;
      }
    }
    return "";
  }

  private static List<String> words(String sql) {
    Matcher comments = COMMENTS.matcher(sql);
    int begin = comments.find() ? comments.end() : 0;
    Matcher matcher = WORD.matcher(sql).region(begin, Math.min(sql.length(), begin + 200));
    List<String> words = new ArrayList<>();
    while (matcher.find() && words.size() < 6) {
      words.add(matcher.group().toUpperCase(Locale.ROOT));
    }
    return words;
  }
}
