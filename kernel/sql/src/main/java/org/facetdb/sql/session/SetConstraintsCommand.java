package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.facetdb.parser.SetConstraints;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.DeferredReferences;
import org.facetdb.sql.ddl.SourceText;
import org.jspecify.annotations.Nullable;

/**
 * SET CONSTRAINTS: when foreign keys are checked until the transaction ends. What becomes immediate
 * is checked at once.
 */
final class SetConstraintsCommand implements Command {
  private final @Nullable List<DeferredReferences.Constraint> constraints;
  private final boolean deferred;

  private SetConstraintsCommand(
      @Nullable List<DeferredReferences.Constraint> constraints, boolean deferred) {
    this.constraints = constraints;
    this.deferred = deferred;
  }

  static SetConstraintsCommand bind(Execution execution, String sql, SetConstraints statement) {
    if (statement.names().isEmpty()) {
      return new SetConstraintsCommand(null, statement.deferred());
    }
    List<DeferredReferences.Constraint> found = new ArrayList<>();
    for (SqlIdentifier name : statement.names()) {
      addNamed(execution.catalog(), sql, name, statement.deferred(), found);
    }
    return new SetConstraintsCommand(List.copyOf(found), statement.deferred());
  }

  private static void addNamed(
      CatalogSnapshot catalog,
      String sql,
      SqlIdentifier name,
      boolean deferred,
      List<DeferredReferences.Constraint> found) {
    String constraint = SourceText.publicName(sql, name);
    boolean known = false;
    for (TableDefinition table : catalog.tables().values()) {
      for (ForeignKey key : table.foreignKeys()) {
        if (!key.name().equals(constraint)) {
          continue;
        }
        known = true;
        if (key.isDeferrable()) {
          found.add(new DeferredReferences.Constraint(table.id(), constraint));
        } else if (deferred) {
          throw notDeferrable(sql, name, constraint);
        }
      }
      if (hasOther(table, constraint)) {
        known = true;
        if (deferred) {
          throw notDeferrable(sql, name, constraint);
        }
      }
    }
    if (!known) {
      throw SourceText.at(
          DatabaseException.user("42704", "constraint \"" + constraint + "\" does not exist"),
          sql,
          name);
    }
  }

  private static boolean hasOther(TableDefinition table, String name) {
    return table.primaryKey() != null && table.primaryKey().name().equals(name)
        || table.uniques().stream().anyMatch(key -> key.name().equals(name))
        || table.checks().stream().anyMatch(check -> check.name().equals(name));
  }

  private static DatabaseException notDeferrable(String sql, SqlIdentifier name, String constraint) {
    return SourceText.at(
        DatabaseException.user("42809", "constraint \"" + constraint + "\" is not deferrable"),
        sql,
        name);
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public String name() {
    return "SET CONSTRAINTS";
  }

  @Override
  public Result run(Execution execution) {
    try (execution) {
      if (!execution.isInBlock()) {
        return Results.done(name(), Notices.outsideTransaction(name()));
      }
      TransactionState transaction = execution.transaction();
      DeferredReferences references = transaction.deferred();
      if (constraints == null) {
        references.setAll(deferred);
      } else {
        references.set(constraints, deferred);
      }
      if (!deferred) {
        references.verifyImmediate(
            transaction.transaction(), execution.catalog(), transaction, execution.context());
      }
      return Results.done(name());
    }
  }
}
