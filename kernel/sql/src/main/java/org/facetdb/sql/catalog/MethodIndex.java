package org.facetdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.spi.index.IndexShape;

/**
 * An index that a plug-in's method keeps, as the catalog knows it. Immutable.
 *
 * @param id never reused, shared with tables and ordered indexes
 * @param method the name behind USING
 * @param extension the extension that contributed the method when the index was made
 * @param columns ids of the table's columns, in the order given
 * @param options of WITH, by name in lower case
 */
public record MethodIndex(
    int id,
    String name,
    int tableId,
    String method,
    String extension,
    List<Integer> columns,
    SortedMap<String, String> options) {
  public MethodIndex {
    Objects.requireNonNull(name);
    Objects.requireNonNull(method);
    Objects.requireNonNull(extension);
    columns = List.copyOf(columns);
    options = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** The same index under another id, with nothing in it. */
  public MethodIndex withId(int newId) {
    return new MethodIndex(newId, name, tableId, method, extension, columns, options);
  }

  /** The same index on other columns. */
  public MethodIndex withColumns(List<Integer> newColumns) {
    return new MethodIndex(id, name, tableId, method, extension, newColumns, options);
  }

  /** What the method is told of the index. */
  public IndexShape shape(TableDefinition table) {
    List<IndexShape.Column> described = new ArrayList<>();
    for (int position : positions(table)) {
      ColumnDefinition column = table.columns().get(position);
      described.add(new IndexShape.Column(column.name(), column.type()));
    }
    return new IndexShape(name, table.name(), described, Map.copyOf(options));
  }

  /** True if a table, perhaps as it was once, has all the indexed columns. */
  public boolean fits(TableDefinition table) {
    return columns.stream().allMatch(id -> position(table, id) >= 0);
  }

  /** Positions of the indexed columns in a table that {@linkplain #fits has} them. */
  public int[] positions(TableDefinition table) {
    int[] positions = new int[columns.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = position(table, columns.get(i));
      if (positions[i] < 0) {
        throw new IllegalStateException(
            "indexed column is not there: index=" + name + " column=" + columns.get(i));
      }
    }
    return positions;
  }

  private static int position(TableDefinition table, int columnId) {
    for (int i = 0; i < table.columns().size(); i++) {
      if (table.columns().get(i).id() == columnId) {
        return i;
      }
    }
    return -1;
  }
}
