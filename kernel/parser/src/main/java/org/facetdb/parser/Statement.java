package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A statement that Calcite has no node for, or has one that does not fit PostgreSQL's form. Queries
 * stay Calcite's own nodes. Immutable; parts are plain records, so the operand list is empty and
 * the tree below is reached through the accessors.
 */
public abstract sealed class Statement extends SqlCall
    permits Analyze,
        Backup,
        Checkpoint,
        Copy,
        CreateIndex,
        CreateTable,
        CreateView,
        Delete,
        DropIndex,
        DropTable,
        Explain,
        Insert,
        LockTable,
        LockedQuery,
        ObjectStatement,
        SetConstraints,
        SetVariable,
        ShowVariable,
        TransactionStatement,
        Truncate,
        Update,
        Vacuum {
  private final SqlOperator operator;

  Statement(SqlParserPos pos, String name) {
    super(pos);
    this.operator = new SqlSpecialOperator(name, SqlKind.OTHER);
  }

  /** The command as PostgreSQL names it, {@code CREATE TABLE} for example. */
  public final String command() {
    return operator.getName();
  }

  @Override
  public final SqlOperator getOperator() {
    return operator;
  }

  @Override
  public final List<SqlNode> getOperandList() {
    return List.of();
  }
}
