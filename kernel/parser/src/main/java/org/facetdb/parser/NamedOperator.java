package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * An operator that the grammar knows by its spelling alone, {@code ->>} or one that a plug-in
 * brings. A call of it is a call of the function with that name, with one operand (prefix) or two,
 * and is resolved as functions are. Immutable.
 */
public final class NamedOperator extends SqlUnresolvedFunction {
  /** Makes the operator of that spelling at that place. */
  public NamedOperator(String symbol, SqlParserPos pos) {
    super(
        new SqlIdentifier(symbol, pos),
        null,
        null,
        null,
        null,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  /** The spelling. */
  public String symbol() {
    return getName();
  }

  @Override
  public void unparse(SqlWriter writer, SqlCall call, int leftPrec, int rightPrec) {
    SqlWriter.Frame frame = writer.startList("(", ")");
    List<SqlNode> operands = call.getOperandList();
    if (operands.size() == 2) {
      operands.getFirst().unparse(writer, 0, 0);
    }
    writer.keyword(getName());
    operands.getLast().unparse(writer, 0, 0);
    writer.endList(frame);
  }
}
