package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A view whose rows are computed from the catalog, such as those of {@code information_schema}.
 *
 * @param rows computes them
 */
public record SystemView(String schema, String name, List<ColumnDefinition> columns, Rows rows)
    implements Relation {
  public SystemView {
    Objects.requireNonNull(schema);
    Objects.requireNonNull(name);
    columns = List.copyOf(columns);
    Objects.requireNonNull(rows);
  }

  /** Computes a view's rows. */
  @FunctionalInterface
  public interface Rows {
    /** One list of canonical values per row. */
    List<List<@Nullable Object>> of(CatalogSnapshot catalog, String databaseName);
  }
}
