package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.bind.BoundTable;
import org.facetdb.sql.bind.NamedScan;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.exec.SortKey;
import org.facetdb.sql.row.IndexScan;
import org.facetdb.sql.row.KeyLookup;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.KeyValue;
import org.facetdb.sql.row.SearchColumns;
import org.facetdb.sql.row.SystemViewScan;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a table is read: one row by its whole key, a range of the key, a range of an index,
 * or all of it, with no more columns than needed. Used by one thread.
 */
final class AccessPaths {
  private static final double RANGE_SELECTIVITY = 0.3;
  private static final double EQUAL_SELECTIVITY = 0.01;

  /**
   * From so many rows on, an index range without an equal column is taken to be worse than a scan.
   */
  private static final double LARGE_TABLE = 20_000;

  private final PhysicalBuilder builder;
  private final PlanContext context;
  private final Expressions expressions;
  private final boolean qualified;
  private final SearchPaths searches;

  /**
   * @param qualified whether columns are shown with their table
   */
  AccessPaths(
      PhysicalBuilder builder, PlanContext context, Expressions expressions, boolean qualified) {
    this.qualified = qualified;
    this.builder = builder;
    this.context = context;
    this.expressions = expressions;
    this.searches = new SearchPaths(builder, context, expressions);
  }

  /**
   * A chain of filters and column choices over a table.
   *
   * @param alias what the statement calls the table
   * @param projection table columns that the scan gives; {@code ROW_KEY} for the row's key
   * @param conjuncts conditions over those columns
   * @param output expressions over the scan's columns that make the chain's row, {@code null} where
   *     it is the scan's own
   */
  record Source(
      BoundTable table,
      String alias,
      int[] projection,
      List<RexNode> conjuncts,
      @Nullable List<RexNode> output,
      List<LogicalType> outputTypes,
      RexBuilder rex) {}

  /** The plan of a chain over a table, {@code null} for any other tree. */
  @Nullable PlanNode build(RelNode rel) {
    Source source = source(rel);
    return source == null ? null : plan(source, source.conjuncts());
  }

  /** Reads a tree as a chain over a table, {@code null} if it is none. */
  @Nullable Source source(RelNode rel) {
    return switch (rel) {
      case TableScan scan -> whole(scan);
      case Filter filter -> {
        Source inner = source(filter.getInput());
        if (inner == null || inner.output() != null) {
          yield null;
        }
        List<RexNode> conjuncts = new ArrayList<>(inner.conjuncts());
        conjuncts.addAll(RelOptUtil.conjunctions(filter.getCondition()));
        yield new Source(
            inner.table(),
            inner.alias(),
            inner.projection(),
            conjuncts,
            null,
            inner.outputTypes(),
            inner.rex());
      }
      case Project project -> {
        Source inner = source(project.getInput());
        yield inner == null || inner.output() != null ? null : narrow(project, inner);
      }
      default -> null;
    };
  }

  private static @Nullable Source whole(TableScan scan) {
    BoundTable table = scan.getTable().unwrap(BoundTable.class);
    if (table == null) {
      return null;
    }
    int columns = table.relation().columns().size();
    int[] projection = new int[columns + table.hidden().size()];
    for (int i = 0; i < projection.length; i++) {
      projection[i] = i < columns ? i : table.hidden().get(i - columns);
    }
    return new Source(
        table,
        scan instanceof NamedScan named ? named.alias() : table.relation().name(),
        projection,
        List.of(),
        null,
        PhysicalBuilder.types(scan.getRowType()),
        scan.getCluster().getRexBuilder());
  }

  /** Leaves only the columns that a projection or the conditions beneath it use. */
  private static Source narrow(Project project, Source inner) {
    List<RexNode> used = new ArrayList<>(project.getProjects());
    used.addAll(inner.conjuncts());
    int[] positions = new int[inner.projection().length];
    Arrays.fill(positions, -1);
    List<Integer> kept = new ArrayList<>();
    boolean plain = true;
    for (RexNode output : project.getProjects()) {
      plain &= output instanceof RexInputRef;
      if (output instanceof RexInputRef reference) {
        plain &= positions[reference.getIndex()] < 0;
        keep(reference.getIndex(), positions, kept);
      }
    }
    for (int column : RelOptUtil.InputFinder.bits(used, null)) {
      plain &= positions[column] >= 0;
      keep(column, positions, kept);
    }
    int[] projection = new int[kept.size()];
    for (int i = 0; i < projection.length; i++) {
      projection[i] = inner.projection()[kept.get(i)];
    }
    Moved moved = new Moved(positions);
    List<RexNode> output =
        plain ? null : project.getProjects().stream().map(e -> e.accept(moved)).toList();
    return new Source(
        inner.table(),
        inner.alias(),
        projection,
        inner.conjuncts().stream().map(e -> e.accept(moved)).toList(),
        output,
        PhysicalBuilder.types(project.getRowType()),
        inner.rex());
  }

  private static void keep(int column, int[] positions, List<Integer> kept) {
    if (positions[column] < 0) {
      positions[column] = kept.size();
      kept.add(column);
    }
  }

  /** Renumbers columns. */
  private static final class Moved extends org.apache.calcite.rex.RexShuttle {
    private final int[] positions;

    Moved(int[] positions) {
      this.positions = positions;
    }

    @Override
    public RexNode visitInputRef(RexInputRef reference) {
      return new RexInputRef(positions[reference.getIndex()], reference.getType());
    }
  }

  /**
   * A search whose rows come best first, for a sort by its score alone.
   *
   * @param wanted how many rows will probably be taken
   * @return {@code null} where the chain is no search, or the sort by something else
   */
  @Nullable PlanNode bestFirst(RelNode rel, SortKey key, int wanted) {
    Source source = source(rel);
    if (source == null || !(source.table().relation() instanceof TableDefinition table)) {
      return null;
    }
    SearchPaths.Found found = searches.find(table, source, source.conjuncts());
    if (found == null || found.descending() != key.descending()) {
      return null;
    }
    int column = scoreColumn(source, key.column(), found.index().id());
    if (column < 0) {
      return null;
    }
    SortKey order = new SortKey(column, key.descending(), key.nullsFirst());
    PlanNode scan = searches.plan(this, found, table, source, List.of(order), wanted);
    if (source.output() == null) {
      return scan;
    }
    // Shown as the reference that it comes to, so that the order is seen through the projection.
    List<RexNode> output = new ArrayList<>(source.output());
    output.set(key.column(), new RexInputRef(column, output.get(key.column()).getType()));
    return builder.project(scan, output, source.outputTypes());
  }

  /**
   * The scan's column of an index's score where that is what an output column shows: by itself or
   * as the first score there is of several indexes, of which one is searched; else -1.
   */
  private static int scoreColumn(Source source, int output, int indexId) {
    RexNode shown = source.output() == null ? null : source.output().get(output);
    int found = -1;
    for (int column : shown == null ? new int[] {output} : references(shown)) {
      int position = source.projection()[column];
      if (!SearchColumns.isSearchColumn(position) || !SearchColumns.isScore(position)) {
        return -1;
      }
      found = SearchColumns.indexId(position) == indexId ? column : found;
    }
    return found;
  }

  /** The columns of a reference, or of a COALESCE of references; none of anything else. */
  private static int[] references(RexNode node) {
    List<RexNode> nodes =
        node.isA(SqlKind.COALESCE) ? ((RexCall) node).getOperands() : List.of(node);
    return nodes.stream().allMatch(RexInputRef.class::isInstance)
        ? nodes.stream().mapToInt(each -> ((RexInputRef) each).getIndex()).toArray()
        : new int[0];
  }

  /** The plan of a chain with some conditions, best access path first. */
  PlanNode plan(Source source, List<RexNode> conjuncts) {
    PlanNode scan =
        source.table().relation() instanceof SystemView view
            ? filtered(systemView(view, source), conjuncts, source)
            : stored((TableDefinition) source.table().relation(), source, conjuncts);
    return source.output() == null
        ? scan
        : builder.project(scan, source.output(), source.outputTypes());
  }

  private PlanNode systemView(SystemView view, Source source) {
    int[] projection = source.projection();
    List<LogicalType> types =
        Arrays.stream(projection).mapToObj(c -> view.columns().get(c).type()).toList();
    return new PlanNode(
        "View Scan on " + view.schema() + "." + shown(view, source),
        List.of(),
        types,
        List.of(),
        100,
        List.of(),
        names(source),
        instances ->
            new SystemViewScan(view, context.catalog(), context.databaseName(), projection));
  }

  /** A table with its alias, if it has one. */
  static String shown(Relation table, Source source) {
    return table.name().equals(source.alias()) ? table.name() : table.name() + " " + source.alias();
  }

  List<String> names(Source source) {
    List<ColumnDefinition> columns = source.table().relation().columns();
    String prefix = qualified ? source.alias() + "." : "";
    return Arrays.stream(source.projection())
        .mapToObj(
            column ->
                SearchColumns.isSearchColumn(column)
                    ? searches.name(column, (TableDefinition) source.table().relation())
                    : prefix + name(column, columns))
        .toList();
  }

  private static String name(int column, List<ColumnDefinition> columns) {
    return column == TableDefinition.ROW_KEY
        ? TableDefinition.ROW_KEY_NAME
        : columns.get(column).name();
  }

  private PlanNode stored(TableDefinition table, Source source, List<RexNode> conjuncts) {
    double rows = source.table().getRowCount();
    Long asOf = source.table().asOfTimestamp();
    SearchPaths.Found found = searches.find(table, source, conjuncts);
    if (found != null && (showsSearch(source) || !keyed(table, source, conjuncts))) {
      return searches.plan(this, found, table, source, List.of(), Integer.MAX_VALUE);
    }
    TableAccess access =
        TableAccess.of(table, source.projection(), asOf == null ? TableAccess.CURRENT : asOf);
    KeyMatch best = null;
    IndexDefinition bestIndex = null;
    if (table.primaryKey() != null) {
      best = KeyMatch.of(table.keyColumns(), source, conjuncts, expressions);
    }
    // Indexes describe the present alone.
    if (asOf == null && (best == null || !best.isWhole())) {
      for (IndexDefinition index : table.indexes()) {
        List<Integer> columns =
            index.columns().stream().map(IndexDefinition.IndexColumn::column).toList();
        KeyMatch match = KeyMatch.of(columns, source, conjuncts, expressions);
        if (match.betterThan(best, index.unique()) && worthwhile(match, rows)) {
          best = match;
          bestIndex = index;
        }
      }
    }
    if (best == null || best.isEmpty()) {
      return filtered(tableScan(table, access, source, null, rows), conjuncts, source);
    }
    List<RexNode> rest = new ArrayList<>(conjuncts);
    rest.removeAll(best.used());
    PlanNode scan =
        bestIndex != null
            ? indexScan(table, access, source, bestIndex, best, rows)
            : best.isWhole()
                ? keyLookup(table, access, source, best)
                : tableScan(table, access, source, best, rows);
    return filtered(scan, rest, source);
  }

  /** True if a score or a rendering is shown, which the search alone gives. */
  private static boolean showsSearch(Source source) {
    return Arrays.stream(source.projection()).anyMatch(SearchColumns::isSearchColumn);
  }

  /** True if conditions pin one row. */
  private boolean keyed(TableDefinition table, Source source, List<RexNode> conjuncts) {
    return table.primaryKey() != null
        && KeyMatch.of(table.keyColumns(), source, conjuncts, expressions).isWhole();
  }

  /**
   * Makes what reads other columns of the rows that conditions select by the key or an ordered
   * index; null where they select none so.
   */
  @Nullable Supplier<Operator> selected(
      TableDefinition table, Source source, List<RexNode> conjuncts, TableAccess access) {
    if (table.primaryKey() != null) {
      KeyMatch match = KeyMatch.of(table.keyColumns(), source, conjuncts, expressions);
      if (!match.isEmpty()) {
        KeyRange range = match.range();
        return () -> new org.facetdb.sql.row.TableScan(access, range);
      }
    }
    if (source.table().asOfTimestamp() == null) {
      for (IndexDefinition index : table.indexes()) {
        List<Integer> columns =
            index.columns().stream().map(IndexDefinition.IndexColumn::column).toList();
        KeyMatch match = KeyMatch.of(columns, source, conjuncts, expressions);
        if (match.equalCount() > 0) {
          KeyRange range = match.range();
          return () -> new IndexScan(access, index, range);
        }
      }
    }
    return null;
  }

  PlanNode filtered(PlanNode scan, List<RexNode> conjuncts, Source source) {
    return conjuncts.isEmpty()
        ? scan
        : builder.filter(scan, RexUtil.composeConjunction(source.rex(), conjuncts));
  }

  private static boolean worthwhile(KeyMatch match, double rows) {
    return match.equalCount() > 0 || match.isBounded() && rows < LARGE_TABLE;
  }

  private PlanNode keyLookup(
      TableDefinition table, TableAccess access, Source source, KeyMatch match) {
    KeyValue[] key = match.equal().toArray(KeyValue[]::new);
    return new PlanNode(
        "Key Lookup on " + shown(table, source),
        List.of("Key: " + match.text(builder.text(names(source)))),
        access.types(),
        List.of(),
        1,
        List.of(),
        names(source),
        instances -> new KeyLookup(access, key));
  }

  private PlanNode indexScan(
      TableDefinition table,
      TableAccess access,
      Source source,
      IndexDefinition index,
      KeyMatch match,
      double rows) {
    boolean one = index.unique() && match.isWhole();
    KeyRange range = match.range();
    return new PlanNode(
        "Index Scan using " + index.name() + " on " + shown(table, source),
        List.of("Index Cond: " + match.text(builder.text(names(source)))),
        access.types(),
        List.of(),
        one ? 1 : estimate(rows, match),
        List.of(),
        names(source),
        instances -> new IndexScan(access, index, range));
  }

  private static double estimate(double rows, KeyMatch match) {
    double estimate = rows;
    if (match.equalCount() > 0) {
      estimate *= EQUAL_SELECTIVITY;
    }
    if (match.isBounded()) {
      estimate *= RANGE_SELECTIVITY;
    }
    return Math.max(1, estimate);
  }

  private PlanNode tableScan(
      TableDefinition table,
      TableAccess access,
      Source source,
      @Nullable KeyMatch match,
      double rows) {
    KeyRange range = match == null ? KeyRange.ALL : match.range();
    return new PlanNode(
        (match == null ? "Table Scan on " : "Key Range Scan on ") + shown(table, source),
        match == null ? List.of() : List.of("Key: " + match.text(builder.text(names(source)))),
        access.types(),
        List.of(),
        match == null ? rows : estimate(rows, match),
        keyOrder(table, source),
        names(source),
        instances -> new org.facetdb.sql.row.TableScan(access, range));
  }

  /** Rows come in the order of the primary key. */
  private static List<SortKey> keyOrder(TableDefinition table, Source source) {
    List<SortKey> order = new ArrayList<>();
    for (int column : table.keyColumns()) {
      int position = -1;
      for (int i = 0; i < source.projection().length; i++) {
        position = source.projection()[i] == column ? i : position;
      }
      if (position < 0 || !keepsOrder(table.columns().get(column).type())) {
        break;
      }
      order.add(SortKey.ascending(position));
    }
    return order;
  }

  private static boolean keepsOrder(LogicalType type) {
    return type instanceof SqlType known && known.orderable();
  }
}
