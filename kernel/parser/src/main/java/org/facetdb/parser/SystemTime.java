package org.facetdb.parser;

import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;

/**
 * {@code FOR SYSTEM_TIME AS OF x} is Calcite's {@link SqlSnapshot} with {@code x} as its period;
 * {@code AS OF SEQUENCE n} has a call of {@link #SEQUENCE} there, with {@code n} as its operand.
 */
public final class SystemTime {
  /** The operator that marks a log sequence in place of a time. */
  public static final SqlPrefixOperator SEQUENCE =
      new SqlPrefixOperator(
          "SEQUENCE", SqlKind.OTHER, 0, ReturnTypes.TIMESTAMP, null, OperandTypes.ANY);

  private SystemTime() {}

  /** Whether the period of a snapshot is a log sequence. */
  public static boolean isSequence(SqlNode period) {
    return period instanceof org.apache.calcite.sql.SqlCall call && call.getOperator() == SEQUENCE;
  }
}
