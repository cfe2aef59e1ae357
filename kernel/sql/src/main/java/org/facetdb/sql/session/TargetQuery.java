package org.facetdb.sql.session;

import java.util.List;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Builds queries, such as those that find the rows of an UPDATE or DELETE. Stateless. */
final class TargetQuery {
  private TargetQuery() {}

  static SqlSelect of(
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      @Nullable SqlNode others,
      @Nullable SqlNode where,
      List<SqlNode> select) {
    SqlParserPos pos = table.getParserPosition();
    SqlNode from = alias == null ? table : SqlStdOperatorTable.AS.createCall(pos, table, alias);
    if (others != null) {
      from =
          new SqlJoin(
              pos,
              from,
              SqlLiteral.createBoolean(false, pos),
              JoinType.COMMA.symbol(pos),
              others,
              JoinConditionType.NONE.symbol(pos),
              null);
    }
    return select(pos, select, from, where);
  }

  /** A plain query; without FROM it is one row. */
  static SqlSelect select(
      SqlParserPos pos, List<SqlNode> select, @Nullable SqlNode from, @Nullable SqlNode where) {
    return new SqlSelect(
        pos,
        null,
        new SqlNodeList(select, pos),
        from,
        where,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** A column of the target. */
  static SqlIdentifier column(SqlIdentifier table, @Nullable SqlIdentifier alias, String column) {
    String qualifier = alias == null ? table.names.getLast() : alias.getSimple();
    return new SqlIdentifier(List.of(qualifier, column), table.getParserPosition());
  }
}
