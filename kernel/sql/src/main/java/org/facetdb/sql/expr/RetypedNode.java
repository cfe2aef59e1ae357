package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Values under another type of the same lane: a varchar as text, for which nothing is copied. Only
 * char, whose boxed form is padded, gets a vector of the new type over the same bytes.
 */
final class RetypedNode extends CompiledExpression {
  private final CompiledExpression operand;
  private @Nullable BytesVector view;

  RetypedNode(SqlType type, CompiledExpression operand) {
    super(type);
    this.operand = operand;
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    Vector vector = operand.evaluate(batch, rows, count, context);
    boolean padded = operand.type().kind() == TypeKind.CHAR && type().kind() != TypeKind.CHAR;
    return padded && vector instanceof BytesVector bytes ? view(bytes, rows, count) : vector;
  }

  private Vector view(BytesVector source, int[] rows, int count) {
    BytesVector out = view;
    if (out == null) {
      out = new BytesVector(type(), source.capacity());
      view = out;
    }
    out.share(source.data());
    out.ensureCapacity(source.capacity());
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (source.isNull(row)) {
        out.setNull(row);
      } else {
        out.setSlice(row, source.offset(row), source.length(row));
      }
    }
    return out;
  }

  @Override
  public CompiledExpression copy() {
    return new RetypedNode(type(), operand.copy());
  }
}
