package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.RowLocking;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.jspecify.annotations.Nullable;

/** Finds the tables of a FROM clause that locking clauses are about. Used for one statement. */
final class LockedTables {
  /**
   * A table whose rows are locked.
   *
   * @param alias what the query calls it
   */
  record Locked(
      String alias, TableDefinition table, RowLocking.Strength strength, RowLocking.Policy policy) {
    private Locked with(RowLocking clause) {
      return new Locked(
          alias,
          table,
          strength.compareTo(clause.strength()) > 0 ? strength : clause.strength(),
          stricter(policy, clause.policy()));
    }

    private static RowLocking.Policy stricter(RowLocking.Policy a, RowLocking.Policy b) {
      if (a == RowLocking.Policy.NOWAIT || b == RowLocking.Policy.NOWAIT) {
        return RowLocking.Policy.NOWAIT;
      }
      return a == RowLocking.Policy.WAIT ? b : a;
    }
  }

  private record Item(SqlNode node, @Nullable TableDefinition table, boolean nullable) {}

  private final Execution execution;
  private final String sql;
  private final Map<String, Item> items = new LinkedHashMap<>();

  private LockedTables(Execution execution, String sql) {
    this.execution = execution;
    this.sql = sql;
  }

  /** The tables in the order in which they stand, each once. */
  static List<Locked> of(
      Execution execution, String sql, @Nullable SqlNode from, List<RowLocking> clauses) {
    LockedTables tables = new LockedTables(execution, sql);
    if (from != null) {
      tables.collect(from, false);
    }
    Map<String, Locked> locked = new LinkedHashMap<>();
    clauses.forEach(clause -> tables.apply(clause, locked));
    return new ArrayList<>(locked.values());
  }

  private void collect(SqlNode from, boolean nullable) {
    switch (from) {
      case SqlJoin join -> {
        JoinType type = join.getJoinType();
        collect(join.getLeft(), nullable || type == JoinType.RIGHT || type == JoinType.FULL);
        collect(join.getRight(), nullable || type == JoinType.LEFT || type == JoinType.FULL);
      }
      case SqlIdentifier name -> add(name.names.getLast(), name, nullable);
      case SqlCall call when call.getKind() == SqlKind.AS ->
          add(((SqlIdentifier) call.operand(1)).getSimple(), call.operand(0), nullable);
      default -> items.put("", new Item(from, null, nullable));
    }
  }

  private void add(String alias, SqlNode node, boolean nullable) {
    TableDefinition table =
        node instanceof SqlIdentifier name
                && Target.find(execution, sql, name) instanceof TableDefinition found
            ? found
            : null;
    items.put(alias, new Item(node, table, nullable));
  }

  private void apply(RowLocking clause, Map<String, Locked> locked) {
    if (clause.tables().isEmpty()) {
      items.forEach(
          (alias, item) -> {
            if (item.table() != null) {
              lock(alias, item, clause, item.node(), locked);
            }
          });
      return;
    }
    for (SqlIdentifier name : clause.tables()) {
      Item item = items.get(name.getSimple());
      if (item == null) {
        throw SourceText.at(
            DatabaseException.user(
                "42P01",
                "relation \""
                    + name.getSimple()
                    + "\" in "
                    + clause.strength().text()
                    + " clause not found in FROM clause"),
            sql,
            name);
      }
      if (item.table() == null) {
        throw SourceText.at(
            DatabaseException.unsupported(
                clause.strength().text() + " cannot be applied to what is not a table"),
            sql,
            name);
      }
      lock(name.getSimple(), item, clause, name, locked);
    }
  }

  private void lock(
      String alias, Item item, RowLocking clause, SqlNode at, Map<String, Locked> locked) {
    TableDefinition table = item.table();
    if (table == null) {
      return;
    }
    if (item.nullable()) {
      throw SourceText.at(
          DatabaseException.unsupported(
              clause.strength().text()
                  + " cannot be applied to the nullable side of an outer join"),
          sql,
          at);
    }
    Locked known = locked.get(alias);
    locked.put(
        alias,
        known == null
            ? new Locked(alias, table, clause.strength(), clause.policy())
            : known.with(clause));
  }
}
