package org.facetdb.sql.catalog;

import java.util.List;

/** What a FROM clause can name: a stored table, or a view that the kernel computes. */
public sealed interface Relation permits TableDefinition, SystemView {
  String schema();

  String name();

  List<ColumnDefinition> columns();

  /** Position of a column by its exact name, -1 if there is none. */
  default int columnIndex(String name) {
    List<ColumnDefinition> all = columns();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
