package org.facetdb.sql.expr;

import java.util.HashSet;
import java.util.Set;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** {@code x IN (constants)}: a column against a set, with SQL's answer for a null in the list. */
final class InListNode extends CompiledExpression {
  /** Below this many alternatives comparing one by one is as fast. */
  private static final int MIN_LENGTH = 4;

  private final CompiledExpression value;
  private final Set<Object> members;
  private final boolean hasNull;
  private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

  private InListNode(CompiledExpression value, Set<Object> members, boolean hasNull) {
    super(SqlType.BOOLEAN);
    this.value = value;
    this.members = members;
    this.hasNull = hasNull;
  }

  /** The list behind an OR of equalities between one column and constants; null if it is none. */
  static @Nullable InListNode of(CompiledExpression[] alternatives) {
    if (alternatives.length < MIN_LENGTH) {
      return null;
    }
    LeafNodes.Column column = null;
    Set<Object> members = new HashSet<>();
    boolean hasNull = false;
    for (CompiledExpression alternative : alternatives) {
      if (!(alternative instanceof ComparisonNode equal)
          || equal.comparison() != Comparison.EQUAL
          || !(equal.left() instanceof LeafNodes.Column left)
          || !(equal.right() instanceof LeafNodes.Constant constant)
          || (column != null && column.index() != left.index())
          || !isExact(left.type())) {
        return null;
      }
      column = left;
      Object member = constant.value();
      hasNull |= member == null;
      if (member != null) {
        members.add(key(member));
      }
    }
    return column == null ? null : new InListNode(column, members, hasNull);
  }

  /** Whether equal values are equal objects. */
  private static boolean isExact(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT, DATE, TIMESTAMP, UUID, TEXT, VARCHAR -> true;
      default -> false;
    };
  }

  private static Object key(Object member) {
    return member instanceof Short || member instanceof Integer
        ? Long.valueOf(((Number) member).longValue())
        : member;
  }

  private boolean contains(Vector vector, int row) {
    return switch (vector) {
      case LongVector longs when longs.type().equals(SqlType.BIGINT) ->
          members.contains(longs.get(row));
      case IntVector ints when !ints.type().equals(SqlType.DATE) ->
          members.contains((long) ints.get(row));
      default -> members.contains(vector.type().box(vector, row));
    };
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    Vector vector = value.evaluate(batch, rows, count, context);
    result.reset();
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (vector.isNull(row)) {
        result.setNull(row);
      } else if (contains(vector, row)) {
        result.set(row, true);
      } else if (hasNull) {
        result.setNull(row);
      } else {
        result.set(row, false);
      }
    }
    return result;
  }

  @Override
  public CompiledExpression copy() {
    return new InListNode(value.copy(), members, hasNull);
  }
}
