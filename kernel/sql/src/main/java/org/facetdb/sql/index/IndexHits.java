package org.facetdb.sql.index;

import java.util.List;
import org.facetdb.spi.index.RowIdSet;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.sql.row.ChangedRows;
import org.jspecify.annotations.Nullable;

/**
 * What an index finds, merged with what the kernel finds in the tail and in the statement's own
 * transaction. Owns the view.
 */
final class IndexHits implements HitSource {
  private static final int CAPACITY_MIN = 16;
  private static final int CAPACITY_MAX = 256;

  private final IndexSearch search;
  private final SearchCursor cursor;
  private final TailOverlay overlay;
  private final boolean bestFirst;
  private final boolean descending;
  private final long[] ids;
  private final double[] scores;
  private int have;
  private int at;
  private int overlayAt;
  private boolean ended;

  private IndexHits(
      IndexSearch search,
      SearchCursor cursor,
      TailOverlay overlay,
      boolean bestFirst,
      boolean descending,
      int capacity) {
    this.ids = new long[capacity];
    this.scores = new double[capacity];
    this.search = search;
    this.cursor = cursor;
    this.overlay = overlay;
    this.bestFirst = bestFirst;
    this.descending = descending;
  }

  /** Begins a search; takes over the view, also where it fails. */
  static IndexHits open(
      IndexSearch search,
      SearchPlan plan,
      List<SearchClause> clauses,
      long snapshot,
      boolean scored,
      List<ChangedRows> own,
      @Nullable RowIdSet only) {
    try {
      boolean bestFirst = plan.order() == SearchRequest.Order.BEST_FIRST;
      TailOverlay overlay = Calls.get(search, () -> TailOverlay.of(search, snapshot, own, clauses));
      if (bestFirst) {
        overlay.sort(plan.descending());
      }
      SearchRequest request =
          new SearchRequest(
              clauses,
              snapshot,
              plan.order(),
              plan.wanted(),
              scored || bestFirst,
              only,
              overlay.changed());
      SearchCursor cursor = Calls.get(search, () -> search.view().search(request));
      int capacity = Math.clamp(plan.wanted(), CAPACITY_MIN, CAPACITY_MAX);
      return new IndexHits(search, cursor, overlay, bestFirst, plan.descending(), capacity);
    } catch (Throwable e) {
      search.close();
      throw e;
    }
  }

  @Override
  public boolean exact() {
    return search.generation().method().exact();
  }

  @Override
  public void next(Buffer into, int limit) {
    into.count = 0;
    while (into.count < limit) {
      if (at == have && !ended) {
        int wanted = Math.min(limit - into.count, ids.length);
        have = Calls.get(search, () -> cursor.next(ids, scores, wanted));
        at = 0;
        ended = have == 0;
      }
      boolean indexed = at < have;
      boolean overlaid = overlayAt < overlay.count();
      if (!indexed && !overlaid) {
        return;
      }
      if (overlaid && (!indexed || overlayFirst())) {
        add(into, overlay.rowId(overlayAt), overlay.score(overlayAt));
        overlayAt++;
      } else {
        add(into, ids[at], scores[at]);
        at++;
      }
    }
  }

  private boolean overlayFirst() {
    if (!bestFirst) {
      return false;
    }
    double own = overlay.score(overlayAt);
    return descending ? own > scores[at] : own < scores[at];
  }

  private static void add(Buffer into, long rowId, double score) {
    into.rowIds[into.count] = rowId;
    into.scores[into.count] = score;
    into.keys[into.count++] = null;
  }

  @Override
  public void close() {
    try {
      cursor.close();
    } finally {
      search.close();
    }
  }
}
