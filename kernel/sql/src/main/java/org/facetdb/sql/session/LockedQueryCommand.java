package org.facetdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.parser.LockedQuery;
import org.facetdb.parser.RowLocking;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.RowNames;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * SELECT ... FOR UPDATE and its weaker forms. The query gives the keys of the rows beside its
 * columns; each row is locked as it comes, in the order of the query, until as many are there as
 * LIMIT says. A row that changed before it was locked is judged again by what it is now.
 */
final class LockedQueryCommand implements Command {
  private static final String NOT_GROUPED = "42803";

  private final QueryPlan plan;
  private final QueryPlan limits;
  private final List<LockedTables.Locked> tables;
  private final List<LogicalType> parameterTypes;
  private final String clause;

  private LockedQueryCommand(
      QueryPlan plan,
      QueryPlan limits,
      List<LockedTables.Locked> tables,
      List<LogicalType> parameterTypes,
      String clause) {
    this.plan = plan;
    this.limits = limits;
    this.tables = tables;
    this.parameterTypes = parameterTypes;
    this.clause = clause;
  }

  static LockedQueryCommand bind(Execution execution, String sql, LockedQuery query) {
    RowLocking first = query.locking().getFirst();
    String clause = first.strength().text();
    if (!(query.query() instanceof SqlSelect select)) {
      throw refused(clause, "UNION, INTERSECT, EXCEPT, VALUES or WITH", sql, query.query());
    }
    requirePlain(clause, sql, select);
    List<LockedTables.Locked> tables =
        LockedTables.of(execution, sql, select.getFrom(), query.locking());
    PlanContext context = execution.planContext(sql);
    QueryPlan plan;
    try {
      plan = plan(execution, context, select, query, tables);
    } catch (DatabaseException e) {
      throw e.sqlState().equals(NOT_GROUPED)
          ? refused(clause, "aggregate functions", sql, select)
          : e;
    }
    SqlParserPos pos = query.getParserPosition();
    SqlSelect counts =
        TargetQuery.select(
            pos, List.of(orNull(query.fetch(), pos), orNull(query.offset(), pos)), null, null);
    QueryPlan limits =
        execution
            .kernel()
            .planner()
            .planQuery(counts, context.withTargetTypes(List.of(SqlType.BIGINT, SqlType.BIGINT)));
    return new LockedQueryCommand(plan, limits, tables, parameters(plan, limits, query), clause);
  }

  private static DatabaseException refused(String clause, String what, String sql, SqlNode at) {
    return SourceText.at(
        DatabaseException.unsupported(clause + " is not allowed with " + what), sql, at);
  }

  private static void requirePlain(String clause, String sql, SqlSelect select) {
    if (select.isDistinct()) {
      throw refused(clause, "DISTINCT clause", sql, select);
    }
    if (select.getGroup() != null) {
      throw refused(clause, "GROUP BY clause", sql, select);
    }
    if (select.getHaving() != null) {
      throw refused(clause, "HAVING clause", sql, select);
    }
  }

  private static QueryPlan plan(
      Execution execution,
      PlanContext context,
      SqlSelect select,
      LockedQuery query,
      List<LockedTables.Locked> tables) {
    SqlParserPos pos = select.getParserPosition();
    SqlNodeList columns = new SqlNodeList(select.getSelectList(), pos);
    Set<Integer> ids = new HashSet<>();
    for (LockedTables.Locked locked : tables) {
      columns.add(new SqlIdentifier(List.of(locked.alias(), TableDefinition.ROW_KEY_NAME), pos));
      ids.add(locked.table().id());
    }
    SqlSelect selected = (SqlSelect) select.clone(pos);
    selected.setSelectList(columns);
    SqlNode keyed =
        query.orderBy() == null
            ? selected
            : new SqlOrderBy(pos, selected, query.orderBy(), null, null);
    return execution.kernel().planner().planQuery(keyed, context.withRowKeys(ids));
  }

  private static SqlNode orNull(@Nullable SqlNode value, SqlParserPos pos) {
    return value == null ? SqlLiteral.createNull(pos) : value;
  }

  private static List<LogicalType> parameters(QueryPlan plan, QueryPlan limits, LockedQuery query) {
    List<LogicalType> types = new ArrayList<>(plan.parameterTypes());
    for (int i = types.size(); i < limits.parameterTypes().size(); i++) {
      types.add(limits.parameterTypes().get(i));
    }
    for (SqlNode count : Arrays.asList(query.fetch(), query.offset())) {
      if (count instanceof SqlDynamicParam parameter) {
        types.set(parameter.getIndex(), limits.parameterTypes().get(parameter.getIndex()));
      }
    }
    return types;
  }

  @Override
  public List<ResultColumn> columns() {
    return plan.columns().subList(0, plan.columns().size() - tables.size());
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return parameterTypes;
  }

  @Override
  public boolean reusable() {
    return plan.reusable() && limits.reusable();
  }

  @Override
  public Map<Integer, LockMode> locks() {
    Map<Integer, LockMode> locks = new HashMap<>(plan.locks());
    tables.forEach(locked -> locks.put(locked.table().id(), LockMode.ROW_SHARE));
    return locks;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public String name() {
    return "SELECT " + clause;
  }

  @Override
  public String explain() {
    return "LockRows\n" + plan.explain().stripTrailing().indent(2);
  }

  @Override
  public Result run(Execution execution) {
    long[] counts = counts(execution);
    long limit = counts[0];
    long offset = counts[1];
    long wanted = limit < 0 ? Long.MAX_VALUE : Math.addExact(limit, offset);
    while (true) {
      Pass pass = new Pass(execution, wanted);
      if (wanted > 0) {
        pass.lock();
      }
      if (pass.isComplete()) {
        return Results.rows(columns(), pass.rows(offset, columns().size()));
      }
    }
  }

  /** LIMIT, -1 for none, and OFFSET. */
  private long[] counts(Execution execution) {
    try (Operator values = limits.instantiate()) {
      values.open(execution.context());
      Batch batch = values.next();
      if (batch == null) {
        throw new IllegalStateException("a row was expected");
      }
      return new long[] {
        count(batch, 0, -1, "2201W", "LIMIT"), count(batch, 1, 0, "2201X", "OFFSET")
      };
    }
  }

  private static long count(Batch batch, int column, long none, String state, String what) {
    int row = batch.row(0);
    if (batch.column(column).isNull(row)) {
      return none;
    }
    long count = ((LongVector) batch.column(column)).get(row);
    if (count < 0) {
      throw DatabaseException.user(state, what + " must not be negative");
    }
    return count;
  }

  /** One run of the query, at the end of which its rows are locked. */
  private final class Pass {
    private record Row(Batch batch, int position, boolean changed) {}

    private final Execution execution;
    private final TransactionState state;
    private final Transaction transaction;
    private final long wanted;
    private final List<Row> found = new ArrayList<>();
    private boolean ended;
    private boolean lost;

    Pass(Execution execution, long wanted) {
      this.execution = execution;
      this.state = execution.transaction();
      this.transaction = state.transaction();
      this.wanted = wanted;
    }

    /** False if rows were lost that others may take the place of. */
    boolean isComplete() {
      return ended || !lost || found.size() >= wanted;
    }

    void lock() {
      try (Operator rows = plan.instantiate()) {
        rows.open(execution.context());
        Batch batch = rows.next();
        while (batch != null && found.size() < wanted) {
          lock(batch);
          batch = found.size() < wanted ? rows.next() : batch;
        }
        ended = batch == null;
      }
      if (found.stream().anyMatch(Row::changed)) {
        judgeAgain();
      }
    }

    private void lock(Batch batch) {
      Batch copy = RowSets.copy(batch);
      for (int row = 0; row < copy.rowCount() && found.size() < wanted; row++) {
        Boolean changed = lock(copy, row);
        if (changed != null) {
          found.add(new Row(copy, row, changed));
        }
      }
    }

    /** Whether a row had changed; null if it is left out. */
    private @Nullable Boolean lock(Batch batch, int row) {
      boolean changed = false;
      for (int i = 0; i < tables.size(); i++) {
        LockedTables.Locked locked = tables.get(i);
        TableDefinition table = locked.table();
        byte[] key = key(batch, row, i);
        if (!take(locked, key)) {
          return null;
        }
        if (state.isBehind() && transaction.isChanged(table.keySpace(), key)) {
          if (!state.readsCommitted()) {
            throw RowNames.changed(table, key);
          }
          changed = true;
        }
      }
      return changed;
    }

    private boolean take(LockedTables.Locked locked, byte[] key) {
      LockMode mode = mode(locked.strength());
      TableDefinition table = locked.table();
      return switch (locked.policy()) {
        case WAIT -> {
          state.lockKey(table, table.keySpace(), key, mode);
          yield true;
        }
        case NOWAIT -> {
          state.lockKeyNow(table, key, mode);
          yield true;
        }
        case SKIP_LOCKED -> state.tryLockKey(table, key, mode);
      };
    }

    /** Looks at the rows that had changed as they are now, on the newest snapshot. */
    private void judgeAgain() {
      Set<List<ByteBuffer>> asked =
          found.stream().filter(Row::changed).map(this::keys).collect(Collectors.toSet());
      Map<List<ByteBuffer>, Row> now = new HashMap<>();
      transaction.refresh();
      try (Operator rows = plan.instantiate()) {
        rows.open(execution.context());
        for (Batch batch : RowSets.readAll(rows)) {
          for (int i = 0; i < batch.rowCount(); i++) {
            Row row = new Row(batch, i, false);
            if (asked.contains(keys(row))) {
              now.put(keys(row), row);
            }
          }
        }
      }
      List<Row> judged = new ArrayList<>();
      for (Row row : found) {
        Row current = row.changed() ? now.get(keys(row)) : row;
        if (current == null) {
          lost = true;
        } else {
          judged.add(current);
        }
      }
      found.clear();
      found.addAll(judged);
    }

    private byte[] key(Batch batch, int row, int table) {
      return ((BytesVector) batch.column(columns().size() + table)).getBytes(row);
    }

    private List<ByteBuffer> keys(Row row) {
      List<ByteBuffer> keys = new ArrayList<>();
      for (int i = 0; i < tables.size(); i++) {
        keys.add(ByteBuffer.wrap(key(row.batch(), row.position(), i)));
      }
      return keys;
    }

    List<Batch> rows(long offset, int width) {
      List<Batch> batches = new ArrayList<>();
      int from = (int) Math.min(offset, found.size());
      while (from < found.size()) {
        int count = Math.min(Batch.CAPACITY, found.size() - from);
        Vector[] columns = new Vector[width];
        for (int c = 0; c < width; c++) {
          columns[c] = Vector.create(found.get(from).batch().column(c).type(), count);
          for (int i = 0; i < count; i++) {
            Row row = found.get(from + i);
            columns[c].copyFrom(row.batch().column(c), row.position(), i);
          }
        }
        batches.add(new Batch(columns, count));
        from += count;
      }
      return batches;
    }
  }

  private static LockMode mode(RowLocking.Strength strength) {
    return switch (strength) {
      case KEY_SHARE -> LockMode.ACCESS_SHARE;
      case SHARE -> LockMode.ROW_SHARE;
      case NO_KEY_UPDATE -> LockMode.EXCLUSIVE;
      case UPDATE -> LockMode.ACCESS_EXCLUSIVE;
    };
  }
}
