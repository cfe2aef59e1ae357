package org.facetdb.sql.bind;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.SystemTime;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.row.SearchColumns;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.storage.HybridTime;
import org.jspecify.annotations.Nullable;

/** Finds the relations that names mean, now or at another time. Used by one thread. */
final class TableResolver {
  /** Rows that a table of unknown size is taken to have. */
  private static final double DEFAULT_ROWS = 1000;

  private final Binder binder;

  TableResolver(Binder binder) {
    this.binder = binder;
  }

  /**
   * @param period the time of FOR SYSTEM_TIME AS OF
   */
  BoundTable resolve(SqlIdentifier name, @Nullable SqlNode period) {
    PlanContext context = binder.context();
    Long timestamp = period == null ? null : timestamp(period);
    Relation relation =
        timestamp == null || period == null
            ? find(name, context.catalog())
            : findAt(name, period, timestamp);
    boolean exposed =
        timestamp == null
            && relation instanceof TableDefinition table
            && context.rowKeys().contains(table.id());
    return bound(relation, timestamp, exposed);
  }

  BoundTable bound(Relation relation, @Nullable Long timestamp, boolean exposed) {
    PlanContext context = binder.context();
    RelDataTypeFactory.Builder row = binder.types().builder();
    for (ColumnDefinition column : relation.columns()) {
      row.add(column.name(), binder.coercion().relType(column.type(), !column.notNull()));
    }
    if (exposed) {
      row.add(TableDefinition.ROW_KEY_NAME, binder.coercion().of(TypeKind.BYTEA, false));
    }
    List<Integer> hidden = new ArrayList<>();
    if (exposed) {
      hidden.add(TableDefinition.ROW_KEY);
    } else if (relation instanceof TableDefinition table) {
      addSearchColumns(table, row, hidden);
    }
    double rows = DEFAULT_ROWS;
    if (relation instanceof TableDefinition table) {
      long estimate = context.rowCount().applyAsLong(table);
      rows = estimate < 0 ? DEFAULT_ROWS : Math.max(1, estimate);
    }
    return new BoundTable(relation, row.build(), timestamp, hidden, rows);
  }

  /** What the searches of a table's indexes, as they are now, add to its row. */
  private void addSearchColumns(
      TableDefinition table, RelDataTypeFactory.Builder row, List<Integer> hidden) {
    PlanContext context = binder.context();
    TableDefinition now = context.catalog().table(table.id());
    if (now == null) {
      return;
    }
    for (MethodIndex index : now.methodIndexes()) {
      RegisteredMethod method = context.plugins().contributions().method(index.method());
      if (method != null && !method.functions().isEmpty() && index.fits(table)) {
        row.add(SearchColumns.scoreName(index.id()), binder.coercion().of(TypeKind.DOUBLE, true));
        row.add(SearchColumns.searchName(index.id()), binder.coercion().of(TypeKind.BIGINT, true));
        hidden.add(SearchColumns.score(index.id()));
        hidden.add(SearchColumns.search(index.id()));
      }
    }
  }

  private Relation find(SqlIdentifier name, CatalogSnapshot catalog) {
    List<String> parts = name.names;
    String last = parts.getLast();
    if (parts.size() > 1) {
      if (parts.size() > 3
          || parts.size() == 3 && !parts.getFirst().equals(binder.context().databaseName())) {
        throw binder
            .text()
            .error(
                name,
                "0A000",
                "cross-database references are not implemented: " + String.join(".", parts));
      }
      Relation relation = catalog.relation(parts.get(parts.size() - 2), last);
      if (relation != null) {
        return relation;
      }
    } else {
      for (String schema : binder.context().searchPath()) {
        Relation relation = catalog.relation(schema, last);
        if (relation != null) {
          return relation;
        }
      }
    }
    throw binder
        .text()
        .error(name, "42P01", "relation \"" + String.join(".", parts) + "\" does not exist");
  }

  /** The table that a name meant at another time, errors of the time told at its place. */
  private TableDefinition findAt(SqlIdentifier name, SqlNode period, long timestamp) {
    PlanContext.History history = history(period);
    CatalogSnapshot catalog = atPeriod(period, () -> history.catalogAt().apply(timestamp));
    Relation relation = existing(name, catalog);
    if (!(relation instanceof TableDefinition table)) {
      throw binder
          .text()
          .error(name, "42809", "\"" + relation.name() + "\" is a view and has no history");
    }
    return atPeriod(
        period,
        () -> {
          history.requireKept().accept(table, timestamp);
          return table;
        });
  }

  private Relation existing(SqlIdentifier name, CatalogSnapshot then) {
    try {
      return find(name, then);
    } catch (DatabaseException e) {
      find(name, binder.context().catalog());
      throw e.withHint("It exists now; at the time that AS OF names it did not.");
    }
  }

  private <T> T atPeriod(SqlNode period, Supplier<T> asked) {
    try {
      return asked.get();
    } catch (DatabaseException e) {
      throw binder.text().locate(e, period.getParserPosition());
    }
  }

  private PlanContext.History history(@Nullable SqlNode period) {
    PlanContext.History history = binder.context().history();
    if (history == null) {
      throw binder.text().unsupported(period, "AS OF here");
    }
    return history;
  }

  /** The commit timestamp that a period names; it must be the same for the whole statement. */
  private long timestamp(SqlNode period) {
    boolean sequence = SystemTime.isSequence(period);
    SqlNode node = sequence ? ((SqlCall) period).operand(0) : period;
    Scope none = new Scope(binder.oneRow(), List.of(), List.of(), null);
    RexNode bound = new ExpressionBinder(binder, none, Env.EMPTY, "FOR SYSTEM_TIME").bind(node);
    Coercion coercion = binder.coercion();
    TypeKind wanted = sequence ? TypeKind.BIGINT : TypeKind.TIMESTAMPTZ;
    TypeKind actual = coercion.kind(bound);
    if (!Casts.implicit(actual, wanted) && !actual.isString()) {
      throw binder
          .text()
          .error(
              node,
              "42804",
              "AS OF takes a "
                  + LogicalTypes.of(wanted).name()
                  + ", not a value of type "
                  + coercion.name(bound.getType()));
    }
    RexNode typed = coercion.assign(bound, coercion.of(wanted, true), node);
    Object value = binder.constants().evaluate(typed, binder.context(), binder.text(), node);
    binder.markNotReusable();
    if (value == null) {
      throw binder.text().error(node, "22004", "the time of AS OF must not be null");
    }
    if (sequence) {
      PlanContext.History history = history(period);
      return atPeriod(node, () -> history.timestampOfSequence().applyAsLong((Long) value));
    }
    Instant instant =
        switch (value) {
          case OffsetDateTime t -> t.toInstant();
          case LocalDateTime t -> t.atZone(binder.context().constants().zone()).toInstant();
          default -> throw new IllegalStateException("not a time: " + value);
        };
    return HybridTime.lastOfMillis(instant.toEpochMilli());
  }
}
