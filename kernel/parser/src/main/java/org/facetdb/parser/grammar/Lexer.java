package org.facetdb.parser.grammar;

import java.io.StringReader;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.facetdb.parser.SqlSyntaxException;

/**
 * Feeds the generated parser with tokens by PostgreSQL's rules in place of the template's own: a
 * wrapper of the token manager. Refuses texts that would exhaust memory or stack. Confined to one
 * parse.
 */
final class Lexer extends GeneratedParserTokenManager {
  static final int LENGTH_MAX = 64 << 20;
  static final int TOKENS_MAX = 4_000_000;
  static final int NESTING_MAX = 500;

  private static final Map<String, Integer> KEYWORDS = keywords();

  private final String sql;
  private final Scanner scanner;
  private int tokens;
  private int lastKind;
  private int nesting;
  private int line = 1;
  private int lineStart;
  private int counted;

  Lexer(String sql) {
    super(new SimpleCharStream(new StringReader("")));
    this.sql = sql;
    this.scanner = new Scanner(sql);
    if (sql.length() > LENGTH_MAX) {
      throw new SqlSyntaxException(
          "54001",
          "statement is too long: characters=" + sql.length() + ", limit=" + LENGTH_MAX,
          sql,
          0);
    }
  }

  private static Map<String, Integer> keywords() {
    Map<String, Integer> kinds = new HashMap<>();
    for (int kind = 1; kind < GeneratedParserConstants.tokenImage.length; kind++) {
      String image = GeneratedParserConstants.tokenImage[kind];
      String word = image.substring(1, image.length() - 1);
      if (GeneratedParser.RESERVED.contains(word) || GeneratedParser.NON_RESERVED.contains(word)) {
        kinds.put(word, kind);
      }
    }
    // A word of the operators IS, which PostgreSQL doesn't reserve but no dialect uses as a name.
    kinds.put("UNKNOWN", GeneratedParserConstants.UNKNOWN);
    int expected = GeneratedParser.RESERVED.size() + GeneratedParser.NON_RESERVED.size() + 1;
    if (kinds.size() != expected) {
      throw new IllegalStateException(
          "keywords without a token: words=" + expected + ", tokens=" + kinds.size());
    }
    return Map.copyOf(kinds);
  }

  /** The kinds that are names: words without a meaning, quoted names, and words not reserved. */
  static boolean isName(Token token) {
    return switch (token.kind) {
      case GeneratedParserConstants.IDENTIFIER, GeneratedParserConstants.QUOTED_IDENTIFIER -> true;
      default ->
          GeneratedParser.NON_RESERVED.contains(token.image.toUpperCase(Locale.ROOT))
              && KEYWORDS.getOrDefault(token.image.toUpperCase(Locale.ROOT), -1) == token.kind;
    };
  }

  @Override
  public Token getNextToken() {
    Scanner.Kind kind = scanner.next();
    if (++tokens > TOKENS_MAX) {
      throw new SqlSyntaxException(
          "54001", "statement has too many tokens: limit=" + TOKENS_MAX, sql, scanner.start());
    }
    LexedToken token = new LexedToken();
    token.offset = scanner.start();
    token.image = sql.substring(scanner.start(), scanner.end());
    token.kind =
        switch (kind) {
          case END -> GeneratedParserConstants.EOF;
          case WORD -> word(token.image);
          case QUOTED_NAME -> GeneratedParserConstants.QUOTED_IDENTIFIER;
          case STRING -> {
            token.value = scanner.value();
            yield GeneratedParserConstants.QUOTED_STRING;
          }
          case INTEGER -> GeneratedParserConstants.UNSIGNED_INTEGER_LITERAL;
          case DECIMAL -> GeneratedParserConstants.DECIMAL_NUMERIC_LITERAL;
          case APPROXIMATE -> GeneratedParserConstants.APPROX_NUMERIC_LITERAL;
          case PARAMETER -> GeneratedParserConstants.NUMBERED_PARAMETER;
          case OPERATOR -> Operators.kind(token.image);
          case SELF -> self(token.image);
        };
    lastKind = token.kind;
    countNesting(token);
    place(token);
    return token;
  }

  /** The kind of a word; behind a dot every word is a name. */
  private int word(String image) {
    String upper = image.toUpperCase(Locale.ROOT);
    boolean member =
        lastKind == GeneratedParserConstants.DOT && GeneratedParser.RESERVED.contains(upper);
    return member
        ? GeneratedParserConstants.IDENTIFIER
        : KEYWORDS.getOrDefault(upper, GeneratedParserConstants.IDENTIFIER);
  }

  private static int self(String image) {
    return switch (image) {
      case "(" -> GeneratedParserConstants.LPAREN;
      case ")" -> GeneratedParserConstants.RPAREN;
      case "[" -> GeneratedParserConstants.LBRACKET;
      case "]" -> GeneratedParserConstants.RBRACKET;
      case "," -> GeneratedParserConstants.COMMA;
      case ";" -> GeneratedParserConstants.SEMICOLON;
      case "." -> GeneratedParserConstants.DOT;
      case "::" -> GeneratedParserConstants.INFIX_CAST;
      case ":=" -> GeneratedParserConstants.NAMED_ARGUMENT_ASSIGNMENT;
      default -> GeneratedParserConstants.COLON;
    };
  }

  private void countNesting(LexedToken token) {
    switch (token.kind) {
      case GeneratedParserConstants.LPAREN,
          GeneratedParserConstants.LBRACKET,
          GeneratedParserConstants.CASE ->
          nesting++;
      case GeneratedParserConstants.RPAREN,
          GeneratedParserConstants.RBRACKET,
          GeneratedParserConstants.END ->
          nesting = Math.max(0, nesting - 1);
      default -> {}
    }
    if (nesting > NESTING_MAX) {
      throw tooDeep(token);
    }
  }

  private void place(LexedToken token) {
    int start = token.offset;
    int end = Math.max(start, scanner.end() - 1);
    token.beginLine = lineOf(start);
    token.beginColumn = start - lineStart + 1;
    token.endLine = lineOf(end);
    token.endColumn = end - lineStart + 1;
  }

  private int lineOf(int offset) {
    for (; counted < offset; counted++) {
      if (sql.charAt(counted) == '\n') {
        line++;
        lineStart = counted + 1;
      }
    }
    return line;
  }

  /** The offset of a line and column as tokens carry them. */
  int offset(int wantedLine, int column) {
    int start = 0;
    for (int i = 1; i < wantedLine; i++) {
      start = sql.indexOf('\n', start) + 1;
    }
    return Math.min(sql.length(), start + Math.max(0, column - 1));
  }

  SqlSyntaxException syntaxError(Token token) {
    int offset = token instanceof LexedToken lexed ? lexed.offset : 0;
    if (token.kind == GeneratedParserConstants.EOF) {
      return new SqlSyntaxException("42601", "syntax error at end of input", sql, sql.length());
    }
    return new SqlSyntaxException(
        "42601", "syntax error at or near \"" + token.image + "\"", sql, offset);
  }

  /** The error at the first token that could not follow, as far as the parser looked ahead. */
  SqlSyntaxException syntaxError(ParseException e) {
    Token first = e.currentToken.next;
    boolean beginsRight = false;
    for (int[] expected : e.expectedTokenSequences) {
      beginsRight |= expected.length > 1 && expected[0] == first.kind;
    }
    return syntaxError(beginsRight && first.next != null ? first.next : first);
  }

  SqlSyntaxException tooDeep(Token token) {
    int offset = token instanceof LexedToken lexed ? lexed.offset : 0;
    return new SqlSyntaxException(
        "54001", "statement is nested too deeply: limit=" + NESTING_MAX, sql, offset);
  }

  SqlSyntaxException error(String sqlState, String message, Token token) {
    int offset = token instanceof LexedToken lexed ? lexed.offset : 0;
    return new SqlSyntaxException(sqlState, message, sql, offset);
  }
}
