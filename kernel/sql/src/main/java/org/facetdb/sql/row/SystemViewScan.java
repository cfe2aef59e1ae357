package org.facetdb.sql.row;

import java.util.Iterator;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a system view over the catalog that the statement was planned on. Used by one thread.
 */
public final class SystemViewScan implements Operator {
  private final SystemView view;
  private final CatalogSnapshot catalog;
  private final String databaseName;
  private final int[] projection;
  private final List<LogicalType> types;
  private @Nullable Iterator<List<@Nullable Object>> rows;

  /**
   * A scan.
   *
   * @param projection positions of the view's columns in the order of the output
   */
  public SystemViewScan(
      SystemView view, CatalogSnapshot catalog, String databaseName, int[] projection) {
    this.view = view;
    this.catalog = catalog;
    this.databaseName = databaseName;
    this.projection = projection.clone();
    LogicalType[] found = new LogicalType[projection.length];
    for (int i = 0; i < projection.length; i++) {
      found[i] = view.columns().get(projection[i]).type();
    }
    this.types = List.of(found);
  }

  @Override
  public List<LogicalType> types() {
    return types;
  }

  @Override
  public void open(ExecutionContext context) {
    rows = view.rows().of(catalog, databaseName).iterator();
  }

  @Override
  public @Nullable Batch next() {
    Iterator<List<@Nullable Object>> source = rows;
    if (source == null || !source.hasNext()) {
      return null;
    }
    Vector[] columns = new Vector[projection.length];
    for (int i = 0; i < projection.length; i++) {
      columns[i] = Vector.create(types.get(i));
    }
    int count = 0;
    while (count < Batch.CAPACITY && source.hasNext()) {
      List<@Nullable Object> row = source.next();
      for (int i = 0; i < projection.length; i++) {
        columns[i].set(count, row.get(projection[i]));
      }
      count++;
    }
    return new Batch(columns, count);
  }

  @Override
  public void close() {
    rows = null;
  }
}
