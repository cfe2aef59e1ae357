package org.facetdb.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.parser.ObjectStatement;
import org.facetdb.parser.Option;
import org.facetdb.parser.Reference;
import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.parser.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * What the productions need beside grammar: looks at coming tokens, and makes nodes. Confined to
 * the parser that it belongs to. Methods that look at tokens work within lookahead too.
 */
final class ParserSupport implements GeneratedParserConstants {
  private static final Set<String> INTERVAL_FIELDS =
      Set.of("year", "month", "day", "hour", "minute", "second");
  private static final Set<String> EXPLAIN_OPTIONS =
      Set.of("analyze", "verbose", "costs", "format", "buffers", "timing", "summary", "settings");
  private static final Set<String> KNOWN_COLLATIONS = Set.of("C", "POSIX", "default", "ucs_basic");

  private final GeneratedParser parser;
  private int parameters;
  private boolean numbered;
  private boolean intervalType;
  private boolean joinNeedsCondition;

  ParserSupport(GeneratedParser parser) {
    this.parser = parser;
  }

  private Lexer lexer() {
    return (Lexer) parser.token_source;
  }

  boolean isKind(int ahead, int... kinds) {
    int kind = parser.getToken(ahead).kind;
    for (int wanted : kinds) {
      if (kind == wanted) {
        return true;
      }
    }
    return false;
  }

  boolean isWord(int ahead, String word) {
    Token token = parser.getToken(ahead);
    return token.kind != QUOTED_IDENTIFIER && word.equalsIgnoreCase(token.image);
  }

  private boolean isName(int ahead) {
    return Lexer.isName(parser.getToken(ahead));
  }

  /** Whether the next token goes on with an expression, or with one that must bind closely. */
  boolean continuesExpression(boolean all) {
    return switch (parser.getToken(1).kind) {
      case PLUS, MINUS, STAR, SLASH, PERCENT_REMAINDER, CONCAT, CARET, OPERATOR -> true;
      case INFIX_CAST, COLLATE, LBRACKET -> true;
      case AT -> isKind(2, TIME) && isKind(3, ZONE);
      case AND, OR, IS, ISNULL, NOTNULL, EQ, LT, GT, LE, GE, NE, NE2 -> all;
      case IN, BETWEEN, LIKE, ILIKE, SIMILAR -> all;
      case NOT -> all && isKind(2, IN, BETWEEN, LIKE, ILIKE, SIMILAR);
      default -> false;
    };
  }

  /** Whether a type and then a string come next: {@code date '2020-01-01'}. */
  boolean startsTypedLiteral() {
    if (!isName(1)) {
      return false;
    }
    int i = isTypeWordAt(1) ? 3 : 2;
    if (isKind(i, DOT) && isName(i + 1)) {
      i += 2;
    }
    if (isKind(i, LPAREN) && isKind(i + 1, UNSIGNED_INTEGER_LITERAL)) {
      i += isKind(i + 2, COMMA) ? 5 : 3;
      if (!isKind(i - 1, RPAREN)) {
        return false;
      }
    }
    if (isKind(i, WITH, WITHOUT) && isKind(i + 1, TIME)) {
      i += 3;
    }
    return isKind(i, QUOTED_STRING);
  }

  /** Whether the word just read goes on: DOUBLE PRECISION, CHARACTER VARYING. */
  boolean isTypeWord() {
    return isTypeWordAt(0);
  }

  private boolean isTypeWordAt(int at) {
    if (isWord(at, "double")) {
      return isWord(at + 1, "precision");
    }
    return (isWord(at, "character") || isWord(at, "char") || isWord(at, "bit"))
        && isWord(at + 1, "varying");
  }

  boolean isZoneSuffix() {
    return isKind(1, WITH, WITHOUT) && isKind(2, TIME) && isKind(3, ZONE);
  }

  boolean isIntervalField() {
    return intervalType && isIntervalField(1);
  }

  boolean isIntervalField(int ahead) {
    return INTERVAL_FIELDS.contains(parser.getToken(ahead).image.toLowerCase(Locale.ROOT));
  }

  boolean startsAlias() {
    return isKind(1, AS) || isName(1);
  }

  boolean startsWindowName() {
    boolean clause =
        (isKind(1, PARTITION) && isKind(2, BY))
            || (isKind(1, ROWS, RANGE, GROUPS) && !isKind(2, PARTITION, ORDER, RPAREN));
    return isName(1) && !clause;
  }

  boolean startsTemporary() {
    return (isWord(1, "temp") || isWord(1, "temporary") || isWord(1, "unlogged"))
        && (isKind(2, TABLE) || isWord(2, "view"));
  }

  /** Notes whether the join whose right side was just read takes a condition. */
  void beginJoinCondition(SqlLiteral natural, SqlLiteral type) {
    joinNeedsCondition =
        !natural.booleanValue() && type.getValueAs(JoinType.class) != JoinType.CROSS;
  }

  /** Whether a further join comes before the condition of the one being read. */
  boolean nestsJoin() {
    return joinNeedsCondition
        && isKind(1, JOIN, INNER, LEFT, RIGHT, FULL, CROSS, NATURAL)
        && !isKind(2, LPAREN);
  }

  /** Whether the join being read takes the condition that begins with this word. */
  boolean joinTakes(int kind) {
    return joinNeedsCondition && isKind(1, kind);
  }

  void requireNoConditionNeeded() {
    if (joinNeedsCondition) {
      throw lexer().syntaxError(parser.getToken(1));
    }
  }

  boolean startsSequence() {
    return isKind(1, SEQUENCE)
        && isKind(2, UNSIGNED_INTEGER_LITERAL, HOOK, NUMBERED_PARAMETER, MINUS, LPAREN, CAST);
  }

  boolean startsColumnList() {
    return isKind(1, LPAREN) && !isKind(2, SELECT, WITH, VALUES, TABLE, LPAREN);
  }

  boolean startsOptionList() {
    return isKind(1, LPAREN)
        && EXPLAIN_OPTIONS.contains(parser.getToken(2).image.toLowerCase(Locale.ROOT));
  }

  boolean startsOperatorClass() {
    return isName(1) && !isKind(1, NULLS);
  }

  boolean isScope() {
    return isKind(1, SESSION, LOCAL) && !isKind(2, TO, EQ, DOT);
  }

  /** Whether a clause of CREATE or ALTER EXTENSION follows. */
  boolean startsExtensionClause(ObjectStatement.Action action, CharSequence kind) {
    if (!"extension".contentEquals(kind)) {
      return false;
    }
    return switch (action) {
      case CREATE -> isKind(1, WITH) || isWord(1, "version");
      case ALTER -> isWord(1, "update");
      case DROP -> false;
    };
  }

  /** Whether the kind of an object has one more word. */
  boolean continuesKind() {
    return isWord(0, "materialized") && isName(1);
  }

  String lowerImage() {
    return parser.getToken(0).image.toLowerCase(Locale.ROOT);
  }

  String stringValue(Token token) {
    String value = ((LexedToken) token).value;
    return value == null ? token.image : value;
  }

  int nextParameter() {
    if (numbered) {
      throw lexer().error("42601", "parameters are either ? or $n, not both", parser.token);
    }
    return parameters++;
  }

  int parameterIndex(Token token) {
    if (parameters > 0) {
      throw lexer().error("42601", "parameters are either ? or $n, not both", token);
    }
    numbered = true;
    String digits = token.image.substring(1);
    int number = digits.length() > 5 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    if (number < 1 || number > 65_535) {
      throw lexer().error("42P02", "there is no parameter " + token.image, token);
    }
    return number - 1;
  }

  SqlSyntaxException syntaxErrorAtLast() {
    return lexer().syntaxError(parser.token);
  }

  SqlSyntaxException errorAtLast(String sqlState, String message) {
    return lexer().error(sqlState, message, parser.token);
  }

  /** Fails with 0A000 at the last token. */
  void notOffered(String what) {
    throw errorAtLast("0A000", what + " is not supported");
  }

  void requireQuery(SqlNode node) {
    if (!node.isA(SqlKind.QUERY)) {
      throw syntaxErrorAtLast();
    }
  }

  void requireCreate(ObjectStatement.Action action) {
    if (action != ObjectStatement.Action.CREATE) {
      throw syntaxErrorAtLast();
    }
  }

  void requireCollation(SqlIdentifier collation) {
    String name = collation.names.get(collation.names.size() - 1);
    if (!KNOWN_COLLATIONS.contains(name) && !name.equalsIgnoreCase("c")) {
      throw lexer().error("42704", "collation \"" + name + "\" does not exist", parser.token);
    }
  }

  void requireSize(SqlNodeList columns, SqlNode value) {
    if (value.getKind() == SqlKind.ROW && ((SqlCall) value).operandCount() != columns.size()) {
      throw lexer()
          .error("42601", "number of columns does not match number of values", parser.token);
    }
  }

  void requireSameSize(SqlNodeList columns, Reference reference) {
    int referred = reference.columns().size();
    if (referred > 0 && referred != columns.size()) {
      throw lexer()
          .error(
              "42830",
              "number of referencing and referenced columns for foreign key disagree",
              parser.token);
    }
  }

  boolean isNull(@Nullable SqlNode node) {
    return node instanceof SqlLiteral literal && literal.getValue() == null;
  }

  boolean isNegative(SqlNumericLiteral number) {
    return number.bigDecimalValue() != null && number.bigDecimalValue().signum() < 0;
  }

  SqlUnresolvedFunction function(String name, SqlParserPos pos) {
    return new SqlUnresolvedFunction(
        new SqlIdentifier(name, pos),
        null,
        null,
        null,
        null,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  SqlCall call(String name, SqlParserPos pos, SqlNode... args) {
    return function(name, pos).createCall(pos, args);
  }

  SqlCall call(String name, SqlParserPos pos, List<SqlNode> args) {
    return function(name, pos).createCall(pos, args);
  }

  SqlOperator comparison(SqlKind kind) {
    return switch (kind) {
      case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
      case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
      case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
      case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
      case EQUALS -> SqlStdOperatorTable.EQUALS;
      default -> SqlStdOperatorTable.NOT_EQUALS;
    };
  }

  /** The query of {@code IN (query)}, or the list. */
  SqlNode listOrQuery(SqlNodeList list) {
    boolean query = list.size() == 1 && list.get(0).isA(SqlKind.QUERY);
    return query ? list.get(0) : list;
  }

  List<SqlIdentifier> names(SqlNodeList list) {
    List<SqlIdentifier> names = new ArrayList<>();
    for (SqlNode node : list) {
      names.add((SqlIdentifier) node);
    }
    return names;
  }

  /** The text of an interval with its fields written out: {@code '90' day} is {@code '90 day'}. */
  String intervalText(String text, String fields) {
    String trimmed = text.strip();
    boolean number = trimmed.matches("[-+]?[0-9]+(\\.[0-9]*)?|[-+]?\\.[0-9]+");
    if (number && !fields.isEmpty()) {
      return trimmed + " " + fields.substring(fields.lastIndexOf(' ') + 1);
    }
    return fields.equals("minute to second") && trimmed.matches("[0-9]+:[0-9.]+")
        ? "00:" + trimmed
        : text;
  }

  TypeName typeName(
      SqlIdentifier id, String suffix, List<Integer> modifiers, int dimensions, SqlParserPos pos) {
    SqlIdentifier full = id;
    if (!suffix.isEmpty()) {
      full = new SqlIdentifier(id.getSimple() + suffix, id.getParserPosition());
    }
    TypeName type = new TypeName(full, modifiers, dimensions, pos);
    intervalType = type.name().equals("interval");
    return type;
  }

  Option oldCopyOption(SqlIdentifier name, @Nullable SqlNode value) {
    String word = name.toString().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "csv", "binary", "text" ->
          new Option("format", SqlLiteral.createCharString(word, null, name.getParserPosition()));
      case "delimiters" -> new Option("delimiter", value);
      default -> new Option(word, value);
    };
  }

  boolean isOn(List<Option> options, String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        String value = option.value() == null ? "true" : String.valueOf(option.value());
        return !value.matches("(?i)'?(false|off|0|no)'?");
      }
    }
    return false;
  }

  List<Option> without(List<Option> options, String name) {
    return options.stream().filter(option -> !option.name().equals(name)).toList();
  }
}
