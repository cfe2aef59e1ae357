package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;

/**
 * {@code column = value} or {@code (a, b) = (x, y) | (query)}. With one column {@code value} is its
 * expression or a call of {@code SqlStdOperatorTable.DEFAULT}; with several it is a {@code ROW}
 * call with as many operands, or a query.
 */
public record Assignment(List<SqlIdentifier> columns, SqlNode value) {
  /** Copies the list. */
  public Assignment {
    columns = List.copyOf(columns);
  }
}
