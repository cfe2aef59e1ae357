package org.facetdb.fts;

import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParserConstants;
import org.apache.lucene.queryparser.classic.Token;
import org.apache.lucene.queryparser.classic.TokenMgrError;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a search query: where, what was expected, what was found. Stateless. */
final class SyntaxErrors {
  private static final String END = "the end";
  private static final Pattern LEXICAL_COLUMN = Pattern.compile("column (\\d+)");

  /** What people look for first comes first, the end last. */
  private static final Comparator<String> ORDER =
      Comparator.<String>comparingInt(n -> n.equals(END) ? 2 : n.startsWith("a ") ? 0 : 1)
          .thenComparing(Comparator.naturalOrder());

  private SyntaxErrors() {}

  /**
   * An error of the grammar.
   *
   * @param last the last token that was read
   */
  static DatabaseException of(String text, ParseException fault, Token last) {
    Token before = fault.currentToken;
    Token found = before == null ? null : before.next;
    if (found == null) {
      return error(text, offset(text, last), rule(String.valueOf(fault.getMessage())), null);
    }
    String expected = "expected " + expected(fault.expectedTokenSequences);
    return error(text, offset(text, found), expected, found(text, offset(text, found), found));
  }

  /** A text that ends within a phrase, a pattern or a range. */
  static DatabaseException of(String text, TokenMgrError fault) {
    String message = String.valueOf(fault.getMessage());
    Matcher column = LEXICAL_COLUMN.matcher(message);
    int offset = column.find() ? Integer.parseInt(column.group(1)) : text.length();
    // The column is that behind the wrong character, if there is one.
    offset = Math.clamp(message.contains("<EOF>") ? offset : offset - 1L, 0, text.length());
    int factor = text.lastIndexOf('^', offset) + 1;
    if (factor > 0 && factor < text.length() && !Character.isDigit(text.charAt(factor))) {
      return error(text, factor, "expected a number", found(text, factor, null));
    }
    char open = unclosed(text);
    String expected =
        switch (open) {
          case '"' -> "expected a closing \"";
          case '/' -> "expected a closing /";
          case '[' -> "expected a closing ] or }";
          case '\\' -> "expected a character after \\";
          default -> "expected a term";
        };
    return error(text, offset, expected, found(text, offset, null));
  }

  /**
   * A pattern that is none.
   *
   * @param last the token of the pattern
   */
  static DatabaseException pattern(String text, IllegalArgumentException fault, Token last) {
    return DatabaseException.user(
            "22023",
            "wrong pattern in search query at position "
                + (offset(text, last) + 1)
                + ": "
                + fault.getMessage())
        .withDetail("Search query: " + text);
  }

  private static DatabaseException error(
      String text, int offset, String expected, @Nullable String found) {
    return DatabaseException.user(
            "42601",
            "syntax error in search query at position "
                + (offset + 1)
                + ": "
                + expected
                + (found == null ? "" : ", found " + found))
        .withDetail("Search query: " + text);
  }

  private static int offset(String text, Token token) {
    boolean end = token.kind == QueryParserConstants.EOF;
    return end ? text.length() : Math.clamp(token.beginColumn, 0, text.length());
  }

  private static String found(String text, int offset, @Nullable Token token) {
    if (offset >= text.length()) {
      return END;
    }
    return '"' + (token == null ? text.substring(offset, offset + 1) : token.image) + '"';
  }

  private static String expected(int[][] sequences) {
    SortedSet<String> names = new TreeSet<>(ORDER);
    for (int[] sequence : sequences) {
      names.add(name(sequence[0]));
    }
    names.remove("");
    if (names.contains("a term")) {
      names.remove("a number");
    }
    if (names.contains("a bound")) {
      names.remove("TO");
    }
    return names.isEmpty() ? "a term" : either(List.copyOf(names));
  }

  private static String either(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.getFirst()
        : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  /** What a user calls a kind of token; empty for what goes without saying. */
  private static String name(int kind) {
    return switch (kind) {
      case QueryParserConstants.EOF -> END;
      case QueryParserConstants.TERM,
          QueryParserConstants.PREFIXTERM,
          QueryParserConstants.WILDTERM,
          QueryParserConstants.REGEXPTERM,
          QueryParserConstants.QUOTED,
          QueryParserConstants.STAR,
          QueryParserConstants.LPAREN,
          QueryParserConstants.RANGEIN_START,
          QueryParserConstants.RANGEEX_START ->
          "a term";
      case QueryParserConstants.RPAREN -> "\")\"";
      case QueryParserConstants.COLON -> "\":\"";
      case QueryParserConstants.NUMBER -> "a number";
      case QueryParserConstants.RANGE_TO -> "TO";
      case QueryParserConstants.RANGE_QUOTED, QueryParserConstants.RANGE_GOOP -> "a bound";
      case QueryParserConstants.RANGEIN_END -> "\"]\"";
      case QueryParserConstants.RANGEEX_END -> "\"}\"";
      default -> "";
    };
  }

  /** The rule behind an error that the parser raises outside its grammar. */
  private static String rule(String message) {
    if (message.contains("edit") || message.contains("imilarity")) {
      return "expected 0, 1 or 2 edits after ~";
    }
    if (message.contains("unicode escape")) {
      return "expected four hexadecimal digits after \\u";
    }
    if (message.contains("escape character")) {
      return "expected a character after \\";
    }
    return "expected a term";
  }

  /** What is open at the end of a text: a quote, a slash, a bracket or an escape; 0 for nothing. */
  private static char unclosed(String text) {
    char open = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        if (i + 1 == text.length()) {
          return '\\';
        }
        i++;
      } else if (open == 0) {
        open = c == '"' || c == '/' ? c : c == '[' || c == '{' ? '[' : 0;
      } else if (open == '[' ? c == ']' || c == '}' : c == open) {
        open = 0;
      }
    }
    return open;
  }
}
