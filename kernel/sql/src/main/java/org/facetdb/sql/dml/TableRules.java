package org.facetdb.sql.dml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.CheckConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/**
 * What rows of a table must satisfy on their own: NOT NULL and compiled CHECK constraints.
 * Immutable but for what expressions keep; used by one session.
 */
public final class TableRules {
  private final TableDefinition table;
  private final int[] notNull;
  private final List<Check> checks;
  private final Compiler compiler;
  private final Map<Integer, Optional<VectorExpression>> defaults = new HashMap<>();

  /** A CHECK constraint compiled over the table's columns. */
  public record Check(String name, VectorExpression condition) {}

  /** Compiles the expressions of a table's definition. */
  public interface Compiler {
    VectorExpression compile(CheckConstraint check);

    /** The default of a column, by its position; null for NULL. */
    @Nullable VectorExpression compileDefault(int column);
  }

  public TableRules(TableDefinition table, Compiler compiler) {
    this.table = table;
    this.compiler = compiler;
    this.notNull = notNullColumns(table);
    List<Check> compiled = new ArrayList<>();
    for (CheckConstraint check : table.checks()) {
      compiled.add(new Check(check.name(), compiler.compile(check)));
    }
    this.checks = List.copyOf(compiled);
  }

  private static int[] notNullColumns(TableDefinition table) {
    int[] found = new int[table.columns().size()];
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      if (table.columns().get(i).notNull()) {
        found[count++] = i;
      }
    }
    return java.util.Arrays.copyOf(found, count);
  }

  /** Puts the default of a column, by its position, into the only row of its vector. */
  void putDefault(int column, Vector target, ExecutionContext context) {
    VectorExpression value =
        defaults
            .computeIfAbsent(column, at -> Optional.ofNullable(compiler.compileDefault(at)))
            .orElse(null);
    if (value == null) {
      target.setNull(0);
    } else {
      target.copyFrom(value.evaluate(new Batch(new Vector[0], 1), context), 0, 0);
    }
  }

  /** Throws 23502 or 23514 for the first selected row that breaks a rule. */
  public void verify(Batch rows, ExecutionContext context) {
    for (int column : notNull) {
      Vector values = rows.column(column);
      if (values.hasNulls()) {
        for (int k = 0; k < rows.selectedCount(); k++) {
          if (values.isNull(rows.row(k))) {
            throw ConstraintErrors.notNull(table, column, rows.columns(), rows.row(k));
          }
        }
      }
    }
    for (Check check : checks) {
      BooleanVector passed = (BooleanVector) check.condition().evaluate(rows, context);
      for (int k = 0; k < rows.selectedCount(); k++) {
        int row = rows.row(k);
        if (!passed.isNull(row) && !passed.get(row)) {
          throw ConstraintErrors.check(table, check.name(), rows.columns(), row);
        }
      }
    }
  }
}
