package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.facetdb.parser.SetConstraints;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.Checking;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.DeferredChecks;
import org.jspecify.annotations.Nullable;

/**
 * SET CONSTRAINTS: when constraints are checked until the transaction ends. What becomes immediate
 * is checked at once.
 */
final class SetConstraintsCommand implements Command {
  private final @Nullable List<DeferredChecks.Constraint> constraints;
  private final boolean deferred;

  private SetConstraintsCommand(
      @Nullable List<DeferredChecks.Constraint> constraints, boolean deferred) {
    this.constraints = constraints;
    this.deferred = deferred;
  }

  static SetConstraintsCommand bind(Execution execution, String sql, SetConstraints statement) {
    if (statement.names().isEmpty()) {
      return new SetConstraintsCommand(null, statement.deferred());
    }
    List<DeferredChecks.Constraint> found = new ArrayList<>();
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
      List<DeferredChecks.Constraint> found) {
    String constraint = SourceText.publicName(sql, name);
    boolean known = false;
    for (TableDefinition table : catalog.tables().values()) {
      Checking checking = checking(table, constraint);
      if (checking == null) {
        continue;
      }
      known = true;
      if (checking.isDeferrable()) {
        found.add(new DeferredChecks.Constraint(table.id(), constraint));
      } else if (deferred) {
        throw notDeferrable(sql, name, constraint);
      }
    }
    if (!known) {
      throw SourceText.at(
          DatabaseException.user("42704", "constraint \"" + constraint + "\" does not exist"),
          sql,
          name);
    }
  }

  /** When a constraint of a table is checked; null if there is none of that name. */
  private static @Nullable Checking checking(TableDefinition table, String name) {
    ForeignKey reference = table.foreignKey(name);
    if (reference != null) {
      return reference.checking();
    }
    KeyConstraint unique = table.unique(name);
    if (unique != null) {
      return unique.checking();
    }
    KeyConstraint primary = table.primaryKey();
    boolean other =
        primary != null && primary.name().equals(name)
            || table.checks().stream().anyMatch(check -> check.name().equals(name));
    return other ? Checking.NOT_DEFERRABLE : null;
  }

  private static DatabaseException notDeferrable(
      String sql, SqlIdentifier name, String constraint) {
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
      DeferredChecks checks = transaction.deferred();
      if (constraints == null) {
        checks.setAll(deferred);
      } else {
        checks.set(constraints, deferred);
      }
      if (!deferred) {
        checks.verifyImmediate(
            transaction.transaction(), execution.catalog(), transaction, execution.context());
      }
      return Results.done(name());
    }
  }
}
