package org.facetdb.spi.index;

import java.util.List;
import java.util.Map;
import org.facetdb.spi.type.LogicalType;

/**
 * What {@code CREATE INDEX name ON table USING method (columns) WITH (options)} asked for.
 *
 * @param columns the indexed columns in the order given, at least one
 * @param options by name in lower case, values as written without their quotes
 */
public record IndexShape(
    String name, String table, List<Column> columns, Map<String, String> options) {
  public IndexShape {
    columns = List.copyOf(columns);
    options = Map.copyOf(options);
  }

  /** An indexed column. */
  public record Column(String name, LogicalType type) {}

  /** Position of an indexed column by name, -1 if it isn't indexed. */
  public int columnIndex(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
