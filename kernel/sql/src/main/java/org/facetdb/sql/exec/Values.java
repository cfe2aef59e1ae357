package org.facetdb.sql.exec;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are written in the statement. Each field is an expression without columns: a literal, a
 * parameter, a correlation value, or a function of those.
 */
public final class Values extends AbstractOperator {
  private final List<List<VectorExpression>> rows;
  private final Batch empty = new Batch(new Vector[0], 1);
  private int position;

  /**
   * A list of rows.
   *
   * @param rows each with one expression per type; no rows and no types are both allowed
   */
  public Values(List<LogicalType> types, List<List<VectorExpression>> rows) {
    super(types);
    this.rows = List.copyOf(rows);
    for (List<VectorExpression> row : rows) {
      if (row.size() != types.size()) {
        throw new IllegalArgumentException(
            "one expression per type: types=" + types.size() + " expressions=" + row.size());
      }
    }
  }

  /** Rows of boxed canonical values, null for SQL's null. */
  public static Values ofConstants(List<LogicalType> types, List<List<@Nullable Object>> values) {
    List<List<VectorExpression>> rows = new ArrayList<>();
    for (List<@Nullable Object> value : values) {
      List<VectorExpression> row = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        row.add(constant(types.get(i), value.get(i)));
      }
      rows.add(row);
    }
    return new Values(types, rows);
  }

  private static VectorExpression constant(LogicalType type, @Nullable Object value) {
    return (batch, _) -> {
      Vector vector = Vector.create(type, batch.rowCount());
      for (int i = 0; i < batch.rowCount(); i++) {
        vector.set(i, value);
      }
      return vector;
    };
  }

  @Override
  protected @Nullable Batch produce() {
    int count = Math.min(Batch.CAPACITY, rows.size() - position);
    if (count == 0) {
      return null;
    }
    Vector[] columns = Vectors.create(types(), count);
    for (int i = 0; i < count; i++) {
      List<VectorExpression> row = rows.get(position + i);
      for (int c = 0; c < columns.length; c++) {
        columns[c].copyFrom(row.get(c).evaluate(empty, context()), 0, i);
      }
    }
    position += count;
    return new Batch(columns, count);
  }
}
