package org.facetdb.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.Assignment;
import org.facetdb.parser.ColumnConstraint;
import org.facetdb.parser.Copy;
import org.facetdb.parser.CreateIndex;
import org.facetdb.parser.CreateTable;
import org.facetdb.parser.CreateView;
import org.facetdb.parser.Delete;
import org.facetdb.parser.Explain;
import org.facetdb.parser.Insert;
import org.facetdb.parser.Statement;
import org.facetdb.parser.TableConstraint;
import org.facetdb.parser.Update;
import org.jspecify.annotations.Nullable;

/** Finds the queries and expressions of a statement, whose records hide them. Stateless. */
final class StatementParts {
  private StatementParts() {}

  static List<SqlNode> of(Statement statement) {
    List<SqlNode> parts = new ArrayList<>();
    switch (statement) {
      case Insert insert -> {
        add(parts, insert.source());
        parts.addAll(insert.returning());
        if (insert.onConflict() != null) {
          insert.onConflict().assignments().forEach(a -> parts.add(a.value()));
          add(parts, insert.onConflict().where());
        }
      }
      case Update update -> {
        for (Assignment assignment : update.assignments()) {
          parts.add(assignment.value());
        }
        add(parts, update.from());
        add(parts, update.where());
        parts.addAll(update.returning());
      }
      case Delete delete -> {
        add(parts, delete.using());
        add(parts, delete.where());
        parts.addAll(delete.returning());
      }
      case CreateView view -> parts.add(view.query());
      case CreateTable table -> ofTable(parts, table);
      case CreateIndex index -> {
        index.columns().forEach(column -> parts.add(column.expression()));
        add(parts, index.where());
      }
      case Copy copy -> add(parts, copy.query());
      case Explain explain -> parts.add(explain.statement());
      default -> {}
    }
    return parts;
  }

  private static void ofTable(List<SqlNode> parts, CreateTable table) {
    table.columns().stream()
        .flatMap(column -> column.constraints().stream())
        .forEach(
            constraint -> {
              if (constraint instanceof ColumnConstraint.Check check) {
                parts.add(check.condition());
              } else if (constraint instanceof ColumnConstraint.Default value) {
                parts.add(value.expression());
              }
            });
    for (TableConstraint constraint : table.constraints()) {
      if (constraint instanceof TableConstraint.Check check) {
        parts.add(check.condition());
      }
    }
    add(parts, table.query());
  }

  private static void add(List<SqlNode> parts, @Nullable SqlNode part) {
    if (part != null) {
      parts.add(part);
    }
  }
}
