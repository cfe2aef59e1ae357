package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalIntersect;
import org.apache.calcite.rel.logical.LogicalMinus;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.facetdb.parser.LockedQuery;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.plan.PlanContext;
import org.jspecify.annotations.Nullable;

/**
 * Binds one statement: resolves names and types as PostgreSQL does and yields Calcite's logical
 * tree, with subqueries still as expressions. Used once, by one thread.
 */
public final class Binder {
  private final PlanContext context;
  private final RelOptCluster cluster;
  private final LiteralBuilder rex;
  private final SourceText text;
  private final Parameters parameters;
  private final Coercion coercion;
  private final Constants constants;
  private final Map<RexNode, SqlParserPos> positions = new IdentityHashMap<>();
  private final FunctionBinder functions;
  private final FromBinder from;
  private final SearchBinder search;
  private boolean ofSchema;
  private boolean reusable = true;

  public Binder(PlanContext context, RelOptCluster cluster, FunctionBinder.Library library) {
    this.context = context;
    this.cluster = cluster;
    this.rex = (LiteralBuilder) cluster.getRexBuilder();
    this.text = new SourceText(context.sql());
    this.parameters = new Parameters(context.parameterTypes());
    this.constants = new Constants(rex, library);
    this.coercion = new Coercion(rex, parameters, text, constants);
    this.functions = new FunctionBinder(this, library);
    this.from = new FromBinder(this);
    this.search = new SearchBinder(this);
  }

  PlanContext context() {
    return context;
  }

  RelOptCluster cluster() {
    return cluster;
  }

  LiteralBuilder rex() {
    return rex;
  }

  RelDataTypeFactory types() {
    return cluster.getTypeFactory();
  }

  SourceText text() {
    return text;
  }

  /** The statement's parameters with the types that the context gave them. */
  public Parameters parameters() {
    return parameters;
  }

  Coercion coercion() {
    return coercion;
  }

  Constants constants() {
    return constants;
  }

  /** Remembers where an expression stands, for errors that are found later. */
  void notePosition(RexNode expression, SqlParserPos position) {
    positions.put(expression, position);
  }

  @Nullable SqlParserPos position(RexNode expression) {
    return positions.get(expression);
  }

  FunctionBinder functions() {
    return functions;
  }

  FromBinder from() {
    return from;
  }

  SearchBinder search() {
    return search;
  }

  /** Notes that the plan holds a value of this execution alone. */
  void markNotReusable() {
    reusable = false;
  }

  /** False where the plan holds a value of this execution alone. */
  public boolean reusable() {
    return reusable;
  }

  /** A node's offset in the statement, from 1; 0 where the text is the schema's. */
  int place(SqlNode node) {
    return ofSchema ? 0 : text.offset(node.getParserPosition());
  }

  /** Binds a whole query, with the types that the context wishes for its columns. */
  public Bound bind(SqlNode query) {
    Bound bound = bindQuery(query, Env.EMPTY, null);
    List<@Nullable RelDataType> wishes = new ArrayList<>();
    int width = bound.rel().getRowType().getFieldCount();
    for (int i = 0; i < width; i++) {
      wishes.add(
          i < context.targetTypes().size() && context.targetTypes().get(i) != null
              ? coercion.relType(context.targetTypes().get(i), true)
              : null);
    }
    return settle(bound, wishes);
  }

  /**
   * Binds an expression over a table's columns, or over none.
   *
   * @param target the type that it is to have, {@code null} for its own
   */
  public RexNode bindScalar(
      SqlNode expression, @Nullable TableDefinition table, @Nullable LogicalType target) {
    ofSchema = true;
    Scope scope =
        table == null
            ? new Scope(oneRow(), List.of(), List.of(), null)
            : from.columnsOf(table).scope(null);
    RexNode bound =
        new ExpressionBinder(this, scope, Env.EMPTY, "this expression").bind(expression);
    if (Subqueries.contains(bound)) {
      throw text.error(expression, "0A000", "cannot use subquery in this expression");
    }
    if (target == null) {
      return coercion.isUnknown(bound) ? coercion.asText(bound) : bound;
    }
    RelDataType type = coercion.relType(target, true);
    if (!coercion.isUnknown(bound) && !coercion.canAssign(bound.getType(), type)) {
      throw text.error(
          expression,
          "42804",
          "expression is of type "
              + coercion.name(bound.getType())
              + " but "
              + coercion.name(type)
              + " is needed");
    }
    return coercion.toColumn(bound, type, expression);
  }

  /** Binds a query; literals and parameters of unknown type stay unknown in its columns. */
  Bound bindQuery(SqlNode query, Env env, @Nullable OuterLink outer) {
    return bindQuery(query, null, env, outer);
  }

  private Bound bindQuery(
      SqlNode query, @Nullable SqlOrderBy order, Env env, @Nullable OuterLink outer) {
    return switch (query.getKind()) {
      case SELECT -> new SelectBinder(this, env, outer).bind((SqlSelect) query, order);
      case ORDER_BY -> {
        SqlOrderBy outermost = (SqlOrderBy) query;
        yield order == null
            ? bindQuery(outermost.query, outermost, env, outer)
            : orderNamed(bindQuery(query, null, env, outer), order, env, outer);
      }
      case WITH -> {
        SqlWith with = (SqlWith) query;
        Env inner = env;
        for (SqlNode item : with.withList) {
          SqlWithItem declared = (SqlWithItem) item;
          if (declared.recursive.booleanValue()) {
            throw text.unsupported(declared, "WITH RECURSIVE");
          }
          inner = inner.with(declared);
        }
        yield bindQuery(with.body, order, inner, outer);
      }
      case UNION, INTERSECT, EXCEPT ->
          orderNamed(bindSetOperation((SqlCall) query, env, outer), order, env, outer);
      case VALUES -> orderNamed(bindValues((SqlCall) query, env, outer), order, env, outer);
      case EXPLICIT_TABLE -> {
        SqlNode table = ((SqlCall) query).operand(0);
        SqlSelect all =
            new SqlSelect(
                query.getParserPosition(),
                null,
                SqlNodeList.of(SqlIdentifier.star(query.getParserPosition())),
                table,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        yield new SelectBinder(this, env, outer).bind(all, order);
      }
      default ->
          throw query instanceof LockedQuery locked
              ? lockedSubquery(locked)
              : text.error(query, "42601", "a query was expected");
    };
  }

  /** Rows are locked by the outermost query alone. */
  DatabaseException lockedSubquery(LockedQuery query) {
    return text.unsupported(query, query.locking().getFirst().strength().text() + " in a subquery");
  }

  private Bound bindSetOperation(SqlCall call, Env env, @Nullable OuterLink outer) {
    SqlSetOperator operator = (SqlSetOperator) call.getOperator();
    Bound left = bindQuery(call.operand(0), env, outer);
    Bound right = bindQuery(call.operand(1), env, outer);
    int width = left.rel().getRowType().getFieldCount();
    String name = call.getKind().name();
    if (width != right.rel().getRowType().getFieldCount()) {
      throw text.error(
          call.operand(1), "42601", "each " + name + " query must have the same number of columns");
    }
    List<@Nullable RelDataType> common = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      common.add(
          coercion.common(
              List.of(outputType(left.rel(), i), outputType(right.rel(), i)),
              name,
              call.operand(1)));
    }
    RelNode l = settle(left, common).rel();
    RelNode r = settle(right, common).rel();
    RelNode rel =
        switch (call.getKind()) {
          case UNION -> LogicalUnion.create(List.of(l, r), operator.isAll());
          case INTERSECT -> LogicalIntersect.create(List.of(l, r), operator.isAll());
          default -> LogicalMinus.create(List.of(l, r), operator.isAll());
        };
    return new Bound(rel, left.names(), java.util.Collections.nCopies(width, null));
  }

  private Bound bindValues(SqlCall values, Env env, @Nullable OuterLink outer) {
    Scope scope = new Scope(oneRow(), List.of(), List.of(), outer);
    List<List<RexNode>> tuples = new ArrayList<>();
    boolean subquery = false;
    for (SqlNode row : values.getOperandList()) {
      ExpressionBinder expressions = new ExpressionBinder(this, scope, env, "VALUES");
      List<RexNode> tuple = new ArrayList<>();
      List<SqlNode> cells =
          row instanceof SqlBasicCall call && call.getKind() == SqlKind.ROW
              ? call.getOperandList()
              : List.of(row);
      for (SqlNode cell : cells) {
        tuple.add(expressions.bind(cell));
      }
      if (!tuples.isEmpty() && tuples.getFirst().size() != tuple.size()) {
        throw text.error(row, "42601", "VALUES lists must all be the same length");
      }
      subquery |= tuple.stream().anyMatch(Subqueries::contains);
      tuples.add(tuple);
    }
    int width = tuples.getFirst().size();
    for (int c = 0; c < width; c++) {
      int column = c;
      List<RexNode> cells = tuples.stream().map(t -> t.get(column)).toList();
      if (cells.size() > 1 || context.targetTypes().isEmpty()) {
        unifyColumn(tuples, cells, column, values);
      }
    }
    List<String> names = new ArrayList<>();
    for (int c = 0; c < width; c++) {
      names.add("column" + (c + 1));
    }
    RelNode rel = subquery ? unionOf(tuples, names, scope) : rowsOf(tuples, names);
    return new Bound(rel, names, java.util.Collections.nCopies(width, null));
  }

  private void unifyColumn(
      List<List<RexNode>> tuples, List<RexNode> cells, int column, SqlNode node) {
    boolean wished =
        column < context.targetTypes().size() && context.targetTypes().get(column) != null;
    if (wished || cells.stream().allMatch(coercion::isUnknown)) {
      return;
    }
    RelDataType common =
        coercion.common(cells.stream().map(coercion::typeOf).toList(), "VALUES", node);
    for (List<RexNode> tuple : tuples) {
      tuple.set(column, coercion.implicitly(tuple.get(column), common, node));
    }
  }

  private RelNode unionOf(List<List<RexNode>> tuples, List<String> names, Scope scope) {
    List<RelNode> inputs = new ArrayList<>();
    for (List<RexNode> tuple : tuples) {
      inputs.add(
          LogicalProject.create(
              scope.input(), List.of(), tuple, names, Subqueries.variables(tuple, scope)));
    }
    return inputs.size() == 1 ? inputs.getFirst() : LogicalUnion.create(inputs, true);
  }

  private Rows rowsOf(List<List<RexNode>> tuples, List<String> names) {
    RelDataTypeFactory.Builder rowType = types().builder();
    for (int c = 0; c < names.size(); c++) {
      int column = c;
      RelDataType type = tuples.getFirst().get(c).getType();
      boolean nullable = tuples.stream().anyMatch(t -> t.get(column).getType().isNullable());
      rowType.add(names.get(c), types().createTypeWithNullability(type, nullable));
    }
    return Rows.create(cluster, rowType.build(), tuples);
  }

  /** One row without columns. */
  RelNode oneRow() {
    return Rows.create(cluster, types().builder().build(), List.of(List.of()));
  }

  /** Applies ORDER BY, LIMIT and OFFSET to a query whose output names are all that they may use. */
  private Bound orderNamed(
      Bound bound, @Nullable SqlOrderBy order, Env env, @Nullable OuterLink outer) {
    if (order == null) {
      return bound;
    }
    RelNode rel = settle(bound, List.of()).rel();
    List<RelFieldCollation> keys = new ArrayList<>();
    for (SqlNode item : order.orderList) {
      OrderItem key = OrderItem.of(item);
      int index = key.outputIndex(bound.names(), text);
      if (index < 0) {
        throw text.error(
            item.getParserPosition(),
            "0A000",
            "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
            "Only result column names can be used, not expressions or functions.");
      }
      keys.add(key.collation(index));
    }
    return bound.withRel(sort(rel, RelCollations.of(keys), order, env, outer));
  }

  /** Sorts and cuts. */
  RelNode sort(
      RelNode rel,
      RelCollation collation,
      @Nullable SqlOrderBy order,
      Env env,
      @Nullable OuterLink outer) {
    RexNode offset = order == null ? null : limit(order.offset, "OFFSET", "2201X", env, outer);
    RexNode fetch = order == null ? null : limit(order.fetch, "LIMIT", "2201W", env, outer);
    if (collation.getFieldCollations().isEmpty() && offset == null && fetch == null) {
      return rel;
    }
    return LogicalSort.create(rel, collation, offset, fetch);
  }

  private @Nullable RexNode limit(
      @Nullable SqlNode node, String clause, String state, Env env, @Nullable OuterLink outer) {
    if (node == null) {
      return null;
    }
    Scope scope = new Scope(oneRow(), List.of(), List.of(), outer);
    RexNode bound = new ExpressionBinder(this, scope, env, clause).bind(node);
    if (Subqueries.contains(bound)) {
      throw text.unsupported(node, "a subquery in " + clause);
    }
    RexNode value = coercion.assign(bound, coercion.bigint(), node);
    RexNode folded = functions.fold(value);
    if (!(folded instanceof RexLiteral literal)) {
      return folded;
    }
    if (literal.isNull()) {
      return null;
    }
    long count = java.util.Objects.requireNonNull(literal.getValueAs(Long.class));
    if (count < 0) {
      throw text.error(node, state, clause + " must not be negative");
    }
    return literal;
  }

  /** The type of an output column; of an unknown literal or parameter the unknown type. */
  private RelDataType outputType(RelNode rel, int column) {
    if (rel instanceof LogicalProject project) {
      return coercion.typeOf(project.getProjects().get(column));
    }
    if (rel instanceof Rows rows) {
      return rows.tuples().stream().allMatch(t -> coercion.isUnknown(t.get(column)))
          ? coercion.unknown()
          : rel.getRowType().getFieldList().get(column).getType();
    }
    return rel.getRowType().getFieldList().get(column).getType();
  }

  /**
   * Gives every column of unknown type one, and the columns with a wish the wished type.
   *
   * @param wishes per column, {@code null} or beyond the end for none
   */
  Bound settle(Bound bound, List<? extends @Nullable RelDataType> wishes) {
    RelNode rel = bound.rel();
    int width = rel.getRowType().getFieldCount();
    if (rel instanceof Rows rows) {
      List<List<RexNode>> tuples = new ArrayList<>();
      for (List<RexNode> tuple : rows.tuples()) {
        List<RexNode> settled = new ArrayList<>();
        for (int i = 0; i < width; i++) {
          settled.add(settleCell(tuple.get(i), i < wishes.size() ? wishes.get(i) : null));
        }
        tuples.add(settled);
      }
      return bound.withRel(width == 0 ? rel : rowsOf(tuples, rel.getRowType().getFieldNames()));
    }
    List<RexNode> cells =
        rel instanceof LogicalProject project
            ? project.getProjects()
            : rex.identityProjects(rel.getRowType());
    List<RexNode> settled = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      settled.add(settleCell(cells.get(i), i < wishes.size() ? wishes.get(i) : null));
    }
    if (settled.equals(cells)) {
      return bound;
    }
    RelNode input = rel instanceof LogicalProject project ? project.getInput() : rel;
    return bound.withRel(
        LogicalProject.create(
            input,
            List.of(),
            settled,
            rel.getRowType().getFieldNames(),
            rel instanceof LogicalProject project
                ? project.getVariablesSet()
                : java.util.Set.of()));
  }

  private RexNode settleCell(RexNode cell, @Nullable RelDataType wish) {
    if (wish != null && (coercion.isUnknown(cell) || coercion.canAssign(cell.getType(), wish))) {
      return coercion.toColumn(cell, wish, null);
    }
    return coercion.isUnknown(cell) ? coercion.asText(cell) : cell;
  }

  /** Field names for a row type, made unique. */
  static List<String> unique(List<String> names) {
    return SqlValidatorUtil.uniquify(names, true);
  }

  /** A literal's integer value, if it is an unsigned integer literal. */
  static @Nullable Integer ordinal(SqlNode node) {
    if (node instanceof SqlLiteral literal
        && literal.getTypeName() == org.apache.calcite.sql.type.SqlTypeName.DECIMAL
        && literal.getValue() instanceof java.math.BigDecimal value
        && value.scale() <= 0) {
      return value.intValue();
    }
    return null;
  }
}
