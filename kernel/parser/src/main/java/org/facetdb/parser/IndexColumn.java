package org.facetdb.parser;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * A key part of an index: a column (a simple identifier) or an expression, its direction, whether
 * nulls come first (null: the default, last when ascending), and the operator class, if named.
 */
public record IndexColumn(
    SqlNode expression,
    boolean descending,
    @Nullable Boolean nullsFirst,
    @Nullable String operatorClass) {
  void unparse(Unparse u) {
    u.operand(expression);
    if (operatorClass != null) {
      u.words(operatorClass);
    }
    if (descending) {
      u.words("DESC");
    }
    if (nullsFirst != null) {
      u.words(nullsFirst ? "NULLS FIRST" : "NULLS LAST");
    }
  }
}
