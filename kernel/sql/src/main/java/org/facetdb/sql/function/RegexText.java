package org.facetdb.sql.function;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.facetdb.spi.DatabaseException;

/** PostgreSQL's regular expressions in terms of Java's. Stateless. */
public final class RegexText {
  private static final String[][] CLASSES = {
    {"[:alpha:]", "\\p{IsAlphabetic}"},
    {"[:digit:]", "\\d"},
    {"[:alnum:]", "\\p{IsAlphabetic}\\d"},
    {"[:space:]", "\\s"},
    {"[:upper:]", "\\p{Lu}"},
    {"[:lower:]", "\\p{Ll}"},
    {"[:punct:]", "\\p{Punct}"},
    {"[:xdigit:]", "\\p{XDigit}"},
    {"[:blank:]", " \\t"},
    {"[:cntrl:]", "\\p{Cntrl}"},
    {"[:print:]", "\\p{Print}"},
    {"[:graph:]", "\\p{Graph}"},
    {"\\m", "\\b(?=\\w)"},
    {"\\M", "\\b(?<=\\w)"},
    {"\\y", "\\b"}
  };

  private RegexText() {}

  /** Compiles a pattern; 2201B if it is none. */
  public static Pattern compile(String pattern, boolean foldCase) {
    String java = pattern;
    for (String[] pair : CLASSES) {
      java = java.replace(pair[0], pair[1]);
    }
    try {
      int flags = foldCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
      return Pattern.compile(java, flags | Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw DatabaseException.user("2201B", "invalid regular expression: " + reason(e));
    }
  }

  private static String reason(PatternSyntaxException error) {
    String description = error.getDescription().toLowerCase(java.util.Locale.ROOT);
    if (description.contains("group") || description.contains("unmatched closing ')'")) {
      return "parentheses () not balanced";
    }
    if (description.contains("character class")) {
      return "brackets [] not balanced";
    }
    return description.contains("dangling") ? "quantifier operand invalid" : description;
  }
}
