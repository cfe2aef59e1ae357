package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Copies an expression to one place of another text: a default that stands for the word DEFAULT, so
 * that its errors are told where that word is. Immutable.
 */
final class PlacedAt extends SqlShuttle {
  private final SqlParserPos place;

  PlacedAt(SqlParserPos place) {
    this.place = place;
  }

  @Override
  public SqlNode visit(SqlLiteral literal) {
    return literal.clone(place);
  }

  @Override
  public SqlNode visit(SqlIdentifier identifier) {
    return identifier.clone(place);
  }

  @Override
  public SqlNode visit(SqlCall call) {
    List<@Nullable SqlNode> operands = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      operands.add(operand == null ? null : operand.accept(this));
    }
    return call.getOperator()
        .createCall(call.getFunctionQuantifier(), place, operands.toArray(SqlNode[]::new));
  }
}
