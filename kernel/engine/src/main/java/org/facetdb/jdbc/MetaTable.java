package org.facetdb.jdbc;

import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** Collects the rows of one metadata call. Used by one thread. */
final class MetaTable {
  private final List<ResultColumn> columns = new ArrayList<>();
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  /**
   * @param shape column names in order, each text unless its type follows a colon: {@code :i}
   *     integer, {@code :s} smallint, {@code :l} bigint, {@code :b} boolean
   */
  MetaTable(String... shape) {
    for (String column : shape) {
      int colon = column.indexOf(':');
      String name = colon < 0 ? column : column.substring(0, colon);
      LogicalType type =
          switch (colon < 0 ? "" : column.substring(colon)) {
            case ":i" -> SqlType.INTEGER;
            case ":s" -> SqlType.SMALLINT;
            case ":l" -> SqlType.BIGINT;
            case ":b" -> SqlType.BOOLEAN;
            default -> SqlType.TEXT;
          };
      columns.add(new ResultColumn(name, type, -1, -1, true, null));
    }
  }

  /** Adds a row of canonical values; an Integer is narrowed where the column is a smallint. */
  MetaTable add(@Nullable Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "the row has another shape: values=" + values.length + " columns=" + columns.size());
    }
    @Nullable Object[] row = values.clone();
    for (int c = 0; c < row.length; c++) {
      if (columns.get(c).type().equals(SqlType.SMALLINT) && row[c] instanceof Integer number) {
        row[c] = number.shortValue();
      }
    }
    rows.add(row);
    return this;
  }

  /** Sorts by the columns at these positions, from 0; a missing value comes first. */
  MetaTable sort(int... positions) {
    rows.sort((a, b) -> compare(a, b, positions));
    return this;
  }

  private static int compare(@Nullable Object[] a, @Nullable Object[] b, int[] positions) {
    Comparator<@Nullable Object> order =
        Comparator.nullsFirst(
            (x, y) ->
                x instanceof Number n && y instanceof Number m
                    ? Long.compare(n.longValue(), m.longValue())
                    : String.valueOf(x).compareTo(String.valueOf(y)));
    return Arrays.stream(positions)
        .map(position -> order.compare(a[position], b[position]))
        .filter(result -> result != 0)
        .findFirst()
        .orElse(0);
  }

  ResultSet resultSet() {
    return new FacetResultSet(null, new ListRows(columns, rows), 0);
  }
}
