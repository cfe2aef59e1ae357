package org.facetdb.sql.expr;

import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/** Operators that Calcite's table lacks. */
public final class CastOperators {
  /**
   * The cast of a value on its way into a column: like CAST, but a string that is too long is 22001
   * instead of being cut. The call's type is the column's.
   */
  public static final SqlOperator ASSIGNMENT =
      new SqlFunction(
          "$assign",
          SqlKind.OTHER_FUNCTION,
          ReturnTypes.ARG0,
          null,
          OperandTypes.ANY,
          SqlFunctionCategory.SYSTEM);

  /**
   * The explicit cast of a literal: like CAST, but unknown to Calcite, whose simplifier would
   * evaluate it by its own rules, or fail for types of ours.
   */
  public static final SqlOperator LITERAL =
      new SqlFunction(
          "$literal",
          SqlKind.OTHER_FUNCTION,
          ReturnTypes.ARG0,
          null,
          OperandTypes.ANY,
          SqlFunctionCategory.SYSTEM);

  private CastOperators() {}
}
