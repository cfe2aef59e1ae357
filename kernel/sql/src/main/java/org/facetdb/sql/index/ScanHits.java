package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.MemoryAccount;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.row.RowKeys;
import org.jspecify.annotations.Nullable;

/**
 * What evaluating rows one by one finds, with the index's analysis and statistics: for times that
 * the index doesn't cover, and for few rows that something else selects. Owns its input.
 */
final class ScanHits implements HitSource {
  private static final int HIT_BYTES = 64;

  private final Operator input;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final SearchPlan plan;
  private final RowKeys keys;
  private final Evaluator evaluator;
  private final List<Hit> hits = new ArrayList<>();
  private int at;
  private boolean ended;

  private record Hit(byte[] key, double score) {}

  /**
   * @param input gives the row key, then the indexed columns; opened here
   */
  ScanHits(Operator input, SearchPlan plan, List<SearchClause> clauses, ExecutionContext context) {
    this.input = input;
    this.plan = plan;
    this.context = context;
    this.memory = context.memory().child();
    this.keys = RowKeys.of(plan.access().table());
    this.evaluator = context.searches().evaluator(plan.index().id(), clauses);
    try {
      input.open(context);
      if (plan.order() == SearchRequest.Order.BEST_FIRST) {
        boolean more = read();
        while (more) {
          more = read();
        }
        Comparator<Hit> order = Comparator.comparingDouble(Hit::score);
        hits.sort(plan.descending() ? order.reversed() : order);
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Evaluates the next batch; false at the end. */
  private boolean read() {
    Batch batch = input.next();
    if (batch == null) {
      ended = true;
      return false;
    }
    context.checkCancelled();
    BytesVector rowKeys = (BytesVector) batch.column(0);
    Vector[] indexed = Arrays.copyOfRange(batch.columns(), 1, batch.columnCount());
    Batch values = new Batch(indexed, batch.rowCount());
    int count = batch.selectedCount();
    PreparedRow[] prepared = new PreparedRow[count];
    for (int k = 0; k < count; k++) {
      prepared[k] = context.searches().prepare(plan.index().id(), values, batch.row(k));
    }
    boolean[] matches = new boolean[count];
    double[] scores = new double[count];
    evaluator.evaluate(prepared, count, matches, scores);
    for (int k = 0; k < count; k++) {
      if (matches[k]) {
        byte[] key = rowKeys.getBytes(batch.row(k));
        memory.reserve(HIT_BYTES + key.length);
        hits.add(new Hit(key, scores[k]));
      }
    }
    return true;
  }

  @Override
  public void next(Buffer into, int limit) {
    into.count = 0;
    while (into.count < limit) {
      if (at == hits.size()) {
        hits.clear();
        at = 0;
        memory.releaseAll();
        if (ended || !read()) {
          return;
        }
        continue;
      }
      Hit hit = hits.get(at++);
      into.keys[into.count] = hit.key();
      into.rowIds[into.count] = keys.isMapped() ? 0 : keys.rowId(hit.key(), 0, hit.key().length);
      into.scores[into.count++] = hit.score();
    }
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public void close() {
    hits.clear();
    memory.releaseAll();
    input.close();
  }

  /** The keys of an input's rows as row ids, null where there are more than {@code most}. */
  static @Nullable RowIdMap rowIds(
      Operator input, SearchPlan plan, ExecutionContext context, long most) {
    RowKeys keys = RowKeys.of(plan.access().table());
    RowIdMap ids = new RowIdMap(64);
    try (input) {
      input.open(context);
      for (Batch batch = input.next(); batch != null; batch = input.next()) {
        BytesVector rowKeys = (BytesVector) batch.column(0);
        for (int k = 0; k < batch.selectedCount(); k++) {
          Long id = keys.rowId(rowKeys.getBytes(batch.row(k)), plan.access().reader(context));
          if (id != null) {
            ids.add(id);
          }
        }
        if (ids.size() > most) {
          return null;
        }
      }
    }
    return ids;
  }
}
