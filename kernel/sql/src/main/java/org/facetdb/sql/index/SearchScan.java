package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCost;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.extension.Faults;
import org.facetdb.sql.row.ChangeDecoder;
import org.facetdb.sql.row.ChangedRows;
import org.facetdb.sql.row.RowFetcher;
import org.facetdb.sql.row.RowKeys;
import org.facetdb.sql.row.SearchColumns;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that satisfy search conditions, by a plug-in's index: as of the statement's
 * snapshot, its own changes included. How it is answered is decided when it is opened: by the
 * index, by the index among the few rows that other conditions select, or by a scan. Used by one
 * thread.
 */
public final class SearchScan implements Operator {
  /** Matches from which on it may pay to look at the other conditions first. */
  private static final long FILTER_FIRST_MATCHES = 1_000;

  private static final int FIRST_ROWS = 64;

  private final SearchPlan plan;
  private final IndexManager manager;
  private final RowKeys keys;
  private final boolean covered;
  private final boolean scored;
  private List<SearchClause> clauses = List.of();
  private long number = -1;
  private int limit;
  private @Nullable ExecutionContext context;
  private @Nullable HitSource hits;
  private @Nullable Reader reader;

  public SearchScan(SearchPlan plan, IndexManager manager) {
    this.plan = plan;
    this.manager = manager;
    this.keys = RowKeys.of(plan.access().table());
    boolean onlyIds = true;
    boolean withScore = false;
    for (int column : plan.access().projection()) {
      boolean isSearch = SearchColumns.isSearchColumn(column);
      withScore |= isSearch && SearchColumns.isScore(column);
      onlyIds &= isSearch || keys.isKeyColumn() && isKey(column);
    }
    this.covered = onlyIds;
    this.scored = withScore;
  }

  private boolean isKey(int column) {
    return column >= 0 && plan.access().table().keyColumns().getFirst() == column;
  }

  @Override
  public List<LogicalType> types() {
    return plan.access().types();
  }

  @Override
  public void open(ExecutionContext executionContext) {
    context = executionContext;
    limit = Math.clamp(plan.wanted(), 1, FIRST_ROWS);
    List<SearchClause> all = new ArrayList<>();
    for (SearchPlan.Condition condition : plan.conditions()) {
      Object argument = condition.argument().value(executionContext);
      if (argument == null) {
        return;
      }
      all.add(new SearchClause(condition.column(), condition.operator(), argument));
    }
    clauses = List.copyOf(all);
    reader = plan.access().reader(executionContext);
    try {
      hits = choose(executionContext, reader);
    } catch (DatabaseException e) {
      throw located(e, executionContext);
    }
  }

  /** The same error at the condition that is at fault. */
  private DatabaseException located(DatabaseException error, ExecutionContext executionContext) {
    if (error.category() != DatabaseException.Category.USER || error.position() > 0) {
      return error;
    }
    if (clauses.size() == 1) {
      return error.withPosition(plan.conditions().getFirst().place());
    }
    for (int i = 0; i < clauses.size(); i++) {
      try {
        executionContext.searches().evaluator(plan.index().id(), List.of(clauses.get(i)));
      } catch (DatabaseException alone) {
        return alone.withPosition(plan.conditions().get(i).place());
      }
    }
    return error;
  }

  private HitSource choose(ExecutionContext executionContext, Reader view) {
    IndexHandle handle = manager.handle(plan.index().id());
    if (handle == null) {
      throw Faults.absent("index \"" + plan.index().name() + "\"", plan.index().extension());
    }
    IndexSearch search = handle.search(view.timestamp());
    if (search == null) {
      handle.scanSearches.incrementAndGet();
      return new ScanHits(plan.scan().get(), plan, clauses, executionContext);
    }
    if (view instanceof Transaction transaction) {
      // The index does not say between which keys it found nothing.
      transaction.noteRead(plan.access().table().keySpace());
    }
    RowIdMap only = null;
    try {
      if (plan.filter() != null) {
        only = filtered(search, executionContext);
      }
    } catch (Throwable e) {
      search.close();
      throw e;
    }
    handle.indexSearches.incrementAndGet();
    return IndexHits.open(search, plan, clauses, view.timestamp(), scored, own(search, view), only);
  }

  /** The few rows that other conditions select, where that pays; null otherwise. */
  private @Nullable RowIdMap filtered(IndexSearch search, ExecutionContext executionContext) {
    SearchRequest request =
        new SearchRequest(clauses, Long.MAX_VALUE, SearchRequest.Order.ANY, 1, false, null, null);
    SearchCost cost = Calls.get(search, () -> search.view().cost(request));
    if (cost.matches() < FILTER_FIRST_MATCHES || plan.filter() == null) {
      return null;
    }
    return ScanHits.rowIds(plan.filter().get(), plan, executionContext, cost.matches() / 4);
  }

  private List<ChangedRows> own(IndexSearch search, Reader view) {
    ChangeDecoder decoder = search.generation().decoder();
    return view instanceof Transaction transaction
            && transaction.hasOwnWrites(decoder.table().keySpace())
        ? decoder.own(transaction)
        : List.of();
  }

  @Override
  public @Nullable Batch next() {
    HitSource source = hits;
    ExecutionContext running = context;
    Reader view = reader;
    if (source == null || running == null || view == null) {
      return null;
    }
    while (true) {
      running.checkCancelled();
      HitSource.Buffer found = new HitSource.Buffer(limit);
      source.next(found, limit);
      limit = Math.min(Batch.CAPACITY, limit * 2);
      if (found.count == 0) {
        close();
        return null;
      }
      Batch batch =
          covered && source.exact()
              ? covered(found, running)
              : fetched(found, source.exact(), running, view);
      if (batch.selectedCount() > 0) {
        return batch;
      }
    }
  }

  /** Rows of which nothing is wanted that the table alone knows. */
  private Batch covered(HitSource.Buffer found, ExecutionContext running) {
    int[] projection = plan.access().projection();
    Vector[] columns = new Vector[projection.length];
    for (int i = 0; i < columns.length; i++) {
      if (SearchColumns.isSearchColumn(projection[i])) {
        columns[i] = searchColumn(projection[i], found, running);
        continue;
      }
      Vector ids = Vector.create(plan.access().types().get(i), found.count);
      for (int row = 0; row < found.count; row++) {
        if (ids instanceof IntVector ints) {
          ints.set(row, (int) found.rowIds[row]);
        } else {
          ((LongVector) ids).set(row, found.rowIds[row]);
        }
      }
      columns[i] = ids;
    }
    return new Batch(columns, found.count);
  }

  private Vector searchColumn(int column, HitSource.Buffer found, ExecutionContext running) {
    boolean isScore = SearchColumns.isScore(column);
    boolean other = SearchColumns.indexId(column) != plan.index().id();
    Vector values =
        Vector.create(
            isScore ? org.facetdb.sql.type.SqlType.DOUBLE : org.facetdb.sql.type.SqlType.BIGINT,
            found.count);
    if (!isScore && !other && number < 0) {
      number = running.searches().register(clauses);
    }
    for (int row = 0; row < found.count; row++) {
      if (other) {
        values.setNull(row);
      } else if (isScore) {
        ((DoubleVector) values).set(row, found.scores[row]);
      } else {
        ((LongVector) values).set(row, number);
      }
    }
    return values;
  }

  private Batch fetched(
      HitSource.Buffer found, boolean exact, ExecutionContext running, Reader view) {
    TableAccess access = exact ? plan.access() : withIndexed();
    TableDefinition table = access.table();
    RowFetcher fetcher = new RowFetcher(access, found.count);
    for (int i = 0; i < found.count; i++) {
      byte[] known = found.keys[i];
      byte[] key = known != null ? known : keys.key(found.rowIds[i], view);
      byte[] value = key == null ? null : view.get(table.keySpace(), key);
      if (key == null || value == null) {
        throw missing(found.rowIds[i], view);
      }
      fetcher.add(key, value);
    }
    Vector[] decoded = fetcher.decode();
    int width = plan.access().projection().length;
    Vector[] columns = java.util.Arrays.copyOf(decoded, width);
    for (int i = 0; i < width; i++) {
      if (SearchColumns.isSearchColumn(plan.access().projection()[i])) {
        columns[i] = searchColumn(plan.access().projection()[i], found, running);
      }
    }
    Batch batch = new Batch(columns, found.count);
    if (!exact) {
      recheck(batch, java.util.Arrays.copyOfRange(decoded, width, decoded.length), running);
    }
    return batch;
  }

  private DatabaseException missing(long rowId, Reader view) {
    return new DatabaseException(
        "XX002",
        DatabaseException.Category.CORRUPTION,
        "index entry has no row: index="
            + plan.index().name()
            + " table="
            + plan.access().table().name()
            + " row="
            + rowId
            + " snapshot="
            + view.timestamp());
  }

  private TableAccess withIndexed() {
    int[] wanted = plan.access().projection();
    int[] indexed = plan.index().positions(plan.access().table());
    int[] all = java.util.Arrays.copyOf(wanted, wanted.length + indexed.length);
    System.arraycopy(indexed, 0, all, wanted.length, indexed.length);
    return TableAccess.of(plan.access().table(), all, TableAccess.CURRENT);
  }

  /** Looks at the rows once more that the index thinks may match. */
  private void recheck(Batch batch, Vector[] indexed, ExecutionContext running) {
    Batch values = new Batch(indexed, batch.rowCount());
    int count = batch.rowCount();
    Evaluator evaluator = running.searches().evaluator(plan.index().id(), clauses);
    PreparedRow[] prepared = new PreparedRow[count];
    for (int i = 0; i < count; i++) {
      prepared[i] = running.searches().prepare(plan.index().id(), values, i);
    }
    boolean[] matches = new boolean[count];
    evaluator.evaluate(prepared, count, matches, new double[count]);
    int[] selected = new int[count];
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (matches[i]) {
        selected[kept++] = i;
      }
    }
    batch.setSelection(selected, kept);
  }

  @Override
  public void close() {
    HitSource source = hits;
    hits = null;
    if (source != null) {
      source.close();
    }
  }
}
