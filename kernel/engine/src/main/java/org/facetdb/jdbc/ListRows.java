package org.facetdb.jdbc;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.ResultColumn;
import org.jspecify.annotations.Nullable;

/** Rows that are known beforehand: what metadata calls answer. */
final class ListRows implements BatchSource {
  private final List<ResultColumn> columns;
  private final List<@Nullable Object[]> rows;
  private int given;

  /**
   * @param rows canonical values by column
   */
  ListRows(List<ResultColumn> columns, List<@Nullable Object[]> rows) {
    this.columns = List.copyOf(columns);
    this.rows = rows;
  }

  @Override
  public List<ResultColumn> columns() {
    return columns;
  }

  @Override
  public @Nullable Batch next() {
    int count = Math.min(Batch.CAPACITY, rows.size() - given);
    if (count == 0) {
      return null;
    }
    Vector[] vectors = new Vector[columns.size()];
    for (int c = 0; c < vectors.length; c++) {
      vectors[c] = Vector.create(columns.get(c).type(), count);
      for (int row = 0; row < count; row++) {
        vectors[c].set(row, rows.get(given + row)[c]);
      }
    }
    given += count;
    return new Batch(vectors, count);
  }

  @Override
  public void close() {
    given = rows.size();
  }
}
