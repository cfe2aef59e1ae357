package org.facetdb.sql.expr;

import java.util.regex.Pattern;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.function.LikePattern;
import org.facetdb.sql.function.RegexText;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** LIKE or a regular expression whose pattern is a constant, compiled once. */
final class PatternNode extends CompiledExpression {
  private final CompiledExpression value;
  private final Matcher matcher;
  private final boolean negated;
  private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

  /** A compiled pattern; thread-safe. */
  @FunctionalInterface
  private interface Matcher {
    boolean matches(BytesVector vector, int row);
  }

  private PatternNode(CompiledExpression value, Matcher matcher, boolean negated) {
    super(SqlType.BOOLEAN);
    this.value = value;
    this.matcher = matcher;
    this.negated = negated;
  }

  /** A node for the call, null where its pattern is not constant, or wrong. */
  static @Nullable PatternNode of(ScalarFunction function, CompiledExpression[] arguments) {
    String name = function.name();
    boolean like = name.equals("like") || name.equals("ilike") || name.contains("~~");
    boolean regex = !like && name.contains("~") && arguments.length == 2;
    if (!like && !regex) {
      return null;
    }
    for (int i = 1; i < arguments.length; i++) {
      if (!arguments[i].isConstant() || LeafNodes.constant(arguments[i]) == null) {
        return null;
      }
    }
    boolean foldCase = name.equals("ilike") || name.endsWith("*");
    try {
      String text = String.valueOf(LeafNodes.constant(arguments[1]));
      String escape =
          arguments.length > 2 ? String.valueOf(LeafNodes.constant(arguments[2])) : "\\";
      Matcher matcher = like ? like(text, escape, foldCase) : regex(text, foldCase);
      return new PatternNode(arguments[0], matcher, name.startsWith("!"));
    } catch (DatabaseException e) {
      // The general function raises it for the rows that get there.
      return null;
    }
  }

  private static Matcher like(String text, String escape, boolean foldCase) {
    LikePattern pattern = LikePattern.of(text, escape, foldCase);
    return (vector, row) -> pattern.matches(vector.data(), vector.offset(row), vector.length(row));
  }

  private static Matcher regex(String text, boolean foldCase) {
    Pattern pattern = RegexText.compile(text, foldCase);
    return (vector, row) -> pattern.matcher(vector.getString(row)).find();
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    BytesVector vector = (BytesVector) value.evaluate(batch, rows, count, context);
    result.reset();
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (vector.isNull(row)) {
        result.setNull(row);
      } else {
        result.set(row, matcher.matches(vector, row) != negated);
      }
    }
    return result;
  }

  @Override
  public CompiledExpression copy() {
    return new PatternNode(value.copy(), matcher, negated);
  }
}
