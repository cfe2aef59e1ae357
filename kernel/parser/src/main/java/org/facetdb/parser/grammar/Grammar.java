package org.facetdb.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.parser.StatementText;

/**
 * Runs the generated parser over our lexer and turns whatever it throws into {@link
 * SqlSyntaxException}. Thread-safe: a parser lives for one call.
 */
public final class Grammar {
  private static final int IDENTIFIER_LENGTH_MAX = 128;

  private Grammar() {}

  /** Parses one statement. */
  public static SqlNode statement(String sql) {
    return run(sql, Grammar::oneStatement);
  }

  /** Parses one scalar expression. */
  public static SqlNode expression(String sql) {
    return run(sql, GeneratedParser::SqlExpressionEof);
  }

  /** Splits a script into its statements. */
  public static List<StatementText> split(String script) {
    List<StatementText> statements = new ArrayList<>();
    Scanner scanner = new Scanner(script);
    int start = -1;
    int end = 0;
    for (boolean more = true; more; ) {
      Scanner.Kind kind = scanner.skimNext();
      if (kind == Scanner.Kind.END || (kind == Scanner.Kind.SELF && scanner.is(';'))) {
        if (start >= 0) {
          statements.add(new StatementText(script.substring(start, end), start));
        }
        start = -1;
        more = kind != Scanner.Kind.END;
      } else {
        start = start < 0 ? scanner.start() : start;
        end = scanner.end();
      }
    }
    return statements;
  }

  private interface Production {
    SqlNode parse(GeneratedParser parser) throws ParseException;
  }

  private static SqlNode oneStatement(GeneratedParser parser) throws ParseException {
    SqlNode statement = parser.SqlStmt();
    if (parser.getToken(1).kind == GeneratedParserConstants.SEMICOLON) {
      while (parser.getToken(1).kind == GeneratedParserConstants.SEMICOLON) {
        parser.getNextToken();
      }
      if (parser.getToken(1).kind != GeneratedParserConstants.EOF) {
        throw ((Lexer) parser.token_source)
            .error("42601", "more than one statement where one is expected", parser.getToken(1));
      }
    }
    if (parser.getToken(1).kind != GeneratedParserConstants.EOF) {
      throw parser.generateParseException();
    }
    return statement;
  }

  private static SqlNode run(String sql, Production production) {
    Lexer lexer = new Lexer(sql);
    GeneratedParser parser = new GeneratedParser(lexer);
    parser.setUnquotedCasing(Casing.TO_LOWER);
    parser.setQuotedCasing(Casing.UNCHANGED);
    parser.setIdentifierMaxLength(IDENTIFIER_LENGTH_MAX);
    parser.setConformance(SqlConformanceEnum.BABEL);
    try {
      SqlNode tree = production.parse(parser);
      TreeDepth.check(tree, sql);
      return tree;
    } catch (ParseException e) {
      throw lexer.syntaxError(e);
    } catch (CalciteContextException e) {
      int offset = lexer.offset(e.getPosLine(), e.getPosColumn());
      throw new SqlSyntaxException("42601", message(e, sql, offset), sql, offset);
    } catch (CalciteException | NumberFormatException e) {
      throw lexer.syntaxError(parser.token);
    } catch (StackOverflowError e) {
      throw lexer.tooDeep(parser.token);
    }
  }

  /** Calcite's message, or PostgreSQL's where Calcite's speaks of its own insides. */
  private static String message(CalciteContextException e, String sql, int offset) {
    String message = String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
    if (message.contains("illegal context") || message.isEmpty()) {
      Scanner scanner = new Scanner(sql.substring(offset));
      scanner.skimNext();
      return "syntax error at or near \"" + scanner.value() + "\"";
    }
    boolean acronym = message.length() > 1 && Character.isUpperCase(message.charAt(1));
    return acronym ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }
}
