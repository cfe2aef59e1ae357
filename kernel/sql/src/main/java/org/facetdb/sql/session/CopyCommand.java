package org.facetdb.sql.session;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.facetdb.parser.Copy;
import org.facetdb.parser.Option;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.copy.CopyFormat;
import org.facetdb.sql.plan.QueryPlan;
import org.jspecify.annotations.Nullable;

/** Binds COPY. Stateless. */
final class CopyCommand {
  private CopyCommand() {}

  static Command bind(Execution execution, String sql, Copy copy) {
    String file = copy.file();
    if (file == null) {
      throw DatabaseException.unsupported("COPY FROM STDIN and TO STDOUT are not supported");
    }
    CopyFormat.Builder format = new CopyFormat.Builder();
    for (Option option : copy.options()) {
      format.option(option.name(), text(option.value()));
    }
    SqlIdentifier table = copy.table();
    if (copy.from()) {
      if (table == null) {
        throw DatabaseException.user("42601", "COPY FROM needs a table");
      }
      Target target = Target.of(execution, sql, table);
      List<Integer> columns =
          copy.columns().isEmpty()
              ? IntStream.range(0, target.table().columns().size()).boxed().toList()
              : target.positions(copy.columns(), "column \"%s\" specified more than once");
      return CopyFromCommand.bind(execution, sql, target, columns, file, format.build());
    }
    SqlNode query = copy.query();
    if (query == null && table != null) {
      query = all(table, copy.columns());
    }
    if (query == null) {
      throw DatabaseException.user("42601", "COPY TO needs a table or a query");
    }
    QueryPlan plan = execution.kernel().planner().planQuery(query, execution.planContext(sql));
    return new CopyToCommand(plan, file, format.build());
  }

  private static SqlNode all(SqlIdentifier table, List<SqlIdentifier> columns) {
    List<SqlNode> select =
        columns.isEmpty()
            ? SqlNodeList.of(SqlIdentifier.star(table.getParserPosition()))
            : List.copyOf(columns);
    return TargetQuery.of(table, null, null, null, select);
  }

  private static @Nullable String text(@Nullable SqlNode value) {
    return switch (value) {
      case null -> null;
      case SqlIdentifier identifier -> identifier.names.getLast();
      case SqlLiteral literal -> literal.toValue();
      default -> value.toString();
    };
  }
}
