package org.facetdb.sql.bind;

import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/**
 * One item of ORDER BY, with PostgreSQL's defaults: NULL is larger than any value.
 *
 * @param expression without direction
 */
record OrderItem(SqlNode expression, boolean descending, boolean nullsFirst) {
  static OrderItem of(SqlNode node) {
    SqlNode rest = node;
    Boolean nullsFirst = null;
    boolean descending = false;
    while (true) {
      if (rest.getKind() == SqlKind.NULLS_FIRST || rest.getKind() == SqlKind.NULLS_LAST) {
        nullsFirst = rest.getKind() == SqlKind.NULLS_FIRST;
      } else if (rest.getKind() == SqlKind.DESCENDING) {
        descending = true;
      } else {
        break;
      }
      rest = ((SqlCall) rest).operand(0);
    }
    return new OrderItem(rest, descending, nullsFirst == null ? descending : nullsFirst);
  }

  RelFieldCollation collation(int field) {
    return new RelFieldCollation(
        field,
        descending ? RelFieldCollation.Direction.DESCENDING : RelFieldCollation.Direction.ASCENDING,
        nullsFirst ? RelFieldCollation.NullDirection.FIRST : RelFieldCollation.NullDirection.LAST);
  }

  /** The output column that the item names or counts, -1 if it is an expression. */
  int outputIndex(List<String> names, SourceText text) {
    Integer ordinal = Binder.ordinal(expression);
    if (ordinal != null) {
      if (ordinal < 1 || ordinal > names.size()) {
        throw text.error(
            expression, "42P10", "ORDER BY position " + ordinal + " is not in select list");
      }
      return ordinal - 1;
    }
    if (expression instanceof SqlIdentifier name && name.isSimple()) {
      return names.indexOf(name.getSimple());
    }
    return -1;
  }
}
