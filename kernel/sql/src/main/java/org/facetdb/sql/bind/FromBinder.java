package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSnapshot;
import org.apache.calcite.sql.SqlTableRef;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.TableDefinition;
import org.jspecify.annotations.Nullable;

/** Binds FROM clauses: tables, derived tables, joins, LATERAL and AS OF. Used by one thread. */
final class FromBinder {
  private final Binder binder;
  private final TableResolver tables;

  FromBinder(Binder binder) {
    this.binder = binder;
    this.tables = new TableResolver(binder);
  }

  /** A bound FROM item: its relation and the names over the relation's row. */
  record Item(RelNode rel, List<Scope.Source> sources, List<Scope.Column> visible) {
    Scope scope(@Nullable OuterLink outer) {
      return new Scope(rel, sources, visible, outer);
    }
  }

  Item bind(@Nullable SqlNode from, Env env, @Nullable OuterLink outer) {
    return from == null
        ? new Item(binder.oneRow(), List.of(), List.of())
        : item(from, null, env, outer, null);
  }

  /**
   * @param left what stands before the item, which LATERAL may refer to
   * @param alias a name given from outside, as {@code AS} does
   */
  private Item item(
      SqlNode node,
      @Nullable Alias alias,
      Env env,
      @Nullable OuterLink outer,
      @Nullable OuterLink left) {
    return switch (node) {
      case SqlIdentifier name -> named(name, null, alias, env, outer);
      case SqlTableRef reference -> named(reference.tableName, null, alias, env, outer);
      case SqlSnapshot snapshot -> snapshot(snapshot, alias, env, outer, left);
      case SqlJoin join -> join(join, env, outer, left);
      case SqlCall call when call.getKind() == SqlKind.AS ->
          item(call.operand(0), Alias.of(call), env, outer, left);
      case SqlCall call when call.getKind() == SqlKind.LATERAL ->
          item(call.operand(0), alias, env, left != null ? left : outer, null);
      case SqlCall call when call.getKind() == SqlKind.EXPLICIT_TABLE ->
          item(call.operand(0), alias, env, outer, left);
      case SqlCall call when call.isA(SqlKind.QUERY) || call.getKind() == SqlKind.VALUES ->
          derived(binder.bindQuery(call, env, outer), alias, call);
      default -> throw binder.text().unsupported(node, "this FROM item");
    };
  }

  /** A name with optional column names. */
  private record Alias(String name, List<String> columns) {
    static Alias of(SqlCall as) {
      List<String> columns = new ArrayList<>();
      for (int i = 2; i < as.operandCount(); i++) {
        if (as.operand(i) instanceof SqlNodeList list) {
          list.forEach(n -> columns.add(((SqlIdentifier) n).getSimple()));
        } else {
          columns.add(((SqlIdentifier) as.operand(i)).getSimple());
        }
      }
      return new Alias(((SqlIdentifier) as.operand(1)).getSimple(), columns);
    }
  }

  private Item snapshot(
      SqlSnapshot snapshot,
      @Nullable Alias alias,
      Env env,
      @Nullable OuterLink outer,
      @Nullable OuterLink left) {
    SqlNode table = snapshot.getTableRef();
    Alias inner = alias;
    if (table.getKind() == SqlKind.AS) {
      inner = Alias.of((SqlCall) table);
      table = ((SqlCall) table).operand(0);
    }
    SqlIdentifier name =
        switch (table) {
          case SqlIdentifier identifier -> identifier;
          case SqlTableRef reference -> reference.tableName;
          default -> throw binder.text().unsupported(table, "AS OF on a derived table");
        };
    return named(name, snapshot.getPeriod(), inner, env, outer);
  }

  private Item named(
      SqlIdentifier name,
      @Nullable SqlNode period,
      @Nullable Alias alias,
      Env env,
      @Nullable OuterLink outer) {
    Env declared = name.isSimple() ? env.find(name.getSimple()) : null;
    if (declared != null && declared.item() != null) {
      return common(name, declared, period, alias, outer);
    }
    return scan(tables.resolve(name, period), alias, name);
  }

  /** A table's columns by their names, as a CHECK sees them. */
  Item columnsOf(TableDefinition table) {
    return scan(tables.bound(table, null, false), null, null);
  }

  private Item scan(BoundTable table, @Nullable Alias alias, @Nullable SqlNode name) {
    Relation relation = table.relation();
    String shown = alias == null ? relation.name() : alias.name();
    RelNode scan = new NamedScan(binder.cluster(), table, shown);
    List<String> names = scan.getRowType().getFieldNames();
    checkAliasWidth(alias, relation.columns().size(), name);
    List<Scope.Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String column =
          alias != null && i < alias.columns().size() ? alias.columns().get(i) : names.get(i);
      columns.add(
          new Scope.Column(
              column, RexInputRef.of(i, scan.getRowType()), i >= relation.columns().size()));
    }
    Scope.Source source =
        new Scope.Source(shown, alias == null ? relation.schema() : null, relation, columns);
    return new Item(scan, List.of(source), columns);
  }

  private Item common(
      SqlIdentifier name,
      Env declared,
      @Nullable SqlNode period,
      @Nullable Alias alias,
      @Nullable OuterLink outer) {
    if (period != null) {
      throw binder.text().unsupported(period, "AS OF on a WITH query");
    }
    SqlWithItem item = java.util.Objects.requireNonNull(declared.item());
    Env around = java.util.Objects.requireNonNull(declared.parent());
    Bound bound = binder.bindQuery(item.query, around, outer);
    List<String> names = new ArrayList<>(bound.names());
    if (item.columnList != null) {
      for (int i = 0; i < item.columnList.size() && i < names.size(); i++) {
        names.set(i, ((SqlIdentifier) item.columnList.get(i)).getSimple());
      }
    }
    Bound renamed = new Bound(bound.rel(), names, bound.tables());
    return derived(renamed, alias == null ? new Alias(name.getSimple(), List.of()) : alias, name);
  }

  private Item derived(Bound raw, @Nullable Alias alias, SqlNode at) {
    Bound bound = binder.settle(raw, List.of());
    List<RelDataTypeField> fields = bound.rel().getRowType().getFieldList();
    checkAliasWidth(alias, fields.size(), at);
    List<Scope.Column> columns = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      String column =
          alias != null && i < alias.columns().size()
              ? alias.columns().get(i)
              : bound.names().get(i);
      columns.add(new Scope.Column(column, RexInputRef.of(i, bound.rel().getRowType()), false));
    }
    List<Scope.Source> sources =
        alias == null ? List.of() : List.of(new Scope.Source(alias.name(), null, null, columns));
    return new Item(bound.rel(), sources, columns);
  }

  private void checkAliasWidth(@Nullable Alias alias, int width, @Nullable SqlNode at) {
    if (alias != null && alias.columns().size() > width) {
      throw binder
          .text()
          .error(
              at,
              "42P10",
              "table \""
                  + alias.name()
                  + "\" has "
                  + width
                  + " columns available but "
                  + alias.columns().size()
                  + " columns specified");
    }
  }

  private Item join(
      SqlJoin join, Env env, @Nullable OuterLink outer, @Nullable OuterLink enclosingLeft) {
    Item left = item(join.getLeft(), null, env, outer, enclosingLeft);
    OuterLink link =
        left.scope(enclosingLeft != null ? enclosingLeft : outer).link(binder.cluster());
    Item right = item(join.getRight(), null, env, outer, link);
    checkNames(left, right, join);
    JoinRelType type = relType(join.getJoinType());
    if (link.id() != null
        && type == JoinRelType.INNER
        && !isRestricted(join)
        && oneRow(right.rel())) {
      // The same rows, but decorrelation keeps those for which an aggregate has no input.
      type = JoinRelType.LEFT;
    }
    if (link.id() != null && type.generatesNullsOnLeft()) {
      throw binder
          .text()
          .error(
              join.getRight(),
              "42P10",
              "The combining JOIN type must be INNER or LEFT for a LATERAL reference.");
    }
    RelNode shape =
        LogicalJoin.create(
            left.rel(), right.rel(), List.of(), binder.rex().makeLiteral(true), Set.of(), type);
    Merged merged = merge(join, left, right, shape, type);
    Item names = new Item(shape, merged.sources(), merged.visible());
    RexNode condition = merged.condition();
    Set<CorrelationId> variables = Set.of();
    if (join.getConditionType() == JoinConditionType.ON && join.getCondition() != null) {
      Scope scope = names.scope(outer);
      ExpressionBinder on = new ExpressionBinder(binder, scope, env, "JOIN conditions");
      condition = on.bindCondition(join.getCondition(), "JOIN/ON");
      variables = Subqueries.variables(List.of(condition), scope);
    }
    RelNode rel =
        link.id() == null
            ? LogicalJoin.create(left.rel(), right.rel(), List.of(), condition, variables, type)
            : correlate(left, right, link, condition, type);
    return new Item(rel, names.sources(), names.visible());
  }

  private static boolean isRestricted(SqlJoin join) {
    SqlNode condition = join.getCondition();
    boolean always =
        condition instanceof SqlLiteral literal && Boolean.TRUE.equals(literal.getValue());
    return condition != null && !always || join.isNatural();
  }

  /** True if a relation has one row always: an aggregate without keys. */
  private static boolean oneRow(RelNode rel) {
    return switch (rel) {
      case LogicalProject project -> oneRow(project.getInput());
      case LogicalAggregate aggregate -> aggregate.getGroupCount() == 0;
      default -> false;
    };
  }

  /** A lateral join; its condition moves into the right side, where the left row is known. */
  private RelNode correlate(
      Item left, Item right, OuterLink link, RexNode condition, JoinRelType type) {
    int width = left.rel().getRowType().getFieldCount();
    RexNode inner =
        condition.accept(
            new RexShuttle() {
              @Override
              public RexNode visitInputRef(RexInputRef reference) {
                return reference.getIndex() < width
                    ? link.correlate(reference)
                    : binder.rex().makeInputRef(right.rel(), reference.getIndex() - width);
              }
            });
    RelNode filtered =
        inner.isAlwaysTrue() ? right.rel() : LogicalFilter.create(right.rel(), inner);
    CorrelationId id = java.util.Objects.requireNonNull(link.id());
    ImmutableBitSet required = org.apache.calcite.plan.RelOptUtil.correlationColumns(id, filtered);
    return LogicalCorrelate.create(left.rel(), filtered, List.of(), id, required, type);
  }

  private void checkNames(Item left, Item right, SqlJoin join) {
    for (Scope.Source a : left.sources()) {
      for (Scope.Source b : right.sources()) {
        boolean sameTable =
            a.schema() == null || b.schema() == null || a.schema().equals(b.schema());
        if (a.alias().equals(b.alias()) && sameTable) {
          throw binder
              .text()
              .error(
                  join.getRight(),
                  "42712",
                  "table name \"" + a.alias() + "\" specified more than once");
        }
      }
    }
  }

  private static JoinRelType relType(JoinType type) {
    return switch (type) {
      case LEFT -> JoinRelType.LEFT;
      case RIGHT -> JoinRelType.RIGHT;
      case FULL -> JoinRelType.FULL;
      default -> JoinRelType.INNER;
    };
  }

  private record Merged(
      RexNode condition, List<Scope.Source> sources, List<Scope.Column> visible) {}

  /** The names over a join's row; USING and NATURAL merge columns and give the condition. */
  private Merged merge(SqlJoin join, Item left, Item right, RelNode shape, JoinRelType type) {
    int offset = left.rel().getRowType().getFieldCount();
    List<Scope.Source> sources = new ArrayList<>();
    left.sources().forEach(s -> sources.add(move(s, shape, 0)));
    right.sources().forEach(s -> sources.add(move(s, shape, offset)));
    List<Scope.Column> lefts = left.visible().stream().map(c -> move(c, shape, 0)).toList();
    List<Scope.Column> rights = right.visible().stream().map(c -> move(c, shape, offset)).toList();
    List<RexNode> conditions = new ArrayList<>();
    List<Scope.Column> merged = new ArrayList<>();
    List<String> using = using(join, lefts, rights);
    for (String name : using) {
      Scope.Column l = only(lefts, name, "left", join);
      Scope.Column r = only(rights, name, "right", join);
      conditions.add(
          binder
              .functions()
              .comparison(SqlStdOperatorTable.EQUALS, l.expression(), r.expression(), join));
      merged.add(
          new Scope.Column(name, mergedValue(l.expression(), r.expression(), type, join), false));
    }
    List<Scope.Column> visible = new ArrayList<>(merged);
    lefts.stream().filter(c -> !using.contains(c.name())).forEach(visible::add);
    rights.stream().filter(c -> !using.contains(c.name())).forEach(visible::add);
    return new Merged(RexUtil.composeConjunction(binder.rex(), conditions), sources, visible);
  }

  private RexNode mergedValue(RexNode left, RexNode right, JoinRelType type, SqlNode at) {
    return switch (type) {
      case RIGHT -> right;
      case FULL -> binder.functions().coalesce(List.of(left, right), at);
      default -> left;
    };
  }

  private static List<String> using(
      SqlJoin join, List<Scope.Column> lefts, List<Scope.Column> rights) {
    List<String> names = new ArrayList<>();
    if (join.isNatural()) {
      for (Scope.Column column : lefts) {
        if (!column.hidden()
            && rights.stream().anyMatch(c -> !c.hidden() && c.name().equals(column.name()))) {
          names.add(column.name());
        }
      }
    } else if (join.getConditionType() == JoinConditionType.USING
        && join.getCondition() instanceof SqlNodeList list) {
      list.forEach(n -> names.add(((SqlIdentifier) n).getSimple()));
    }
    return names;
  }

  private Scope.Column only(List<Scope.Column> columns, String name, String side, SqlJoin join) {
    List<Scope.Column> found = columns.stream().filter(c -> c.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw binder
          .text()
          .error(
              join.getCondition(),
              "42703",
              "column \""
                  + name
                  + "\" specified in USING clause does not exist in "
                  + side
                  + " table");
    }
    if (found.size() > 1) {
      throw binder
          .text()
          .error(
              join.getCondition(),
              "42702",
              "common column name \"" + name + "\" appears more than once in " + side + " table");
    }
    return found.getFirst();
  }

  private static Scope.Source move(Scope.Source source, RelNode shape, int offset) {
    return new Scope.Source(
        source.alias(),
        source.schema(),
        source.relation(),
        source.columns().stream().map(c -> move(c, shape, offset)).toList());
  }

  /** The column over a join's row, whose types may have become nullable. */
  private static Scope.Column move(Scope.Column column, RelNode shape, int offset) {
    RexNode moved =
        column
            .expression()
            .accept(
                new RexShuttle() {
                  @Override
                  public RexNode visitInputRef(RexInputRef reference) {
                    return RexInputRef.of(reference.getIndex() + offset, shape.getRowType());
                  }
                });
    return new Scope.Column(column.name(), moved, column.hidden());
  }
}
