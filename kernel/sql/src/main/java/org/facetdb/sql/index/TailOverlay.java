package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.RowIdSet;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.sql.row.ChangedRows;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel answers itself in a search: the rows that commits after the view's position, up
 * to the snapshot, and the statement's own transaction changed. The index must not find these;
 * those of them that match are found here. Used by one thread.
 */
final class TailOverlay {
  private static final int CHUNK = 256;
  private static final int FOUND_MIN = 16;

  private final @Nullable RowIdMap changed;
  private long[] rowIds = new long[0];
  private double[] scores = new double[0];
  private int count;

  private TailOverlay(@Nullable RowIdMap changed) {
    this.changed = changed;
  }

  /** A change of a row, the last one that counts. */
  private record Last(ChangedRows rows, int row, boolean own) {}

  /**
   * Looks at the changes that the view doesn't contain.
   *
   * @param own rows that the statement's own transaction changed
   * @param clauses what matches; compiled only where there is a row to look at
   */
  static TailOverlay of(
      IndexSearch search, long snapshot, List<ChangedRows> own, List<SearchClause> clauses) {
    IndexGeneration generation = search.generation();
    List<Last> lasts = new ArrayList<>(0);
    RowIdMap changed = null;
    TailNode node = search.from().next();
    while (node != null && node.position().timestamp() <= snapshot) {
      for (ChangedRows rows : node.changes(generation.decoder())) {
        changed = add(rows, false, generation.mask(), changed, lasts);
      }
      node = node.next();
    }
    for (ChangedRows rows : own) {
      changed = add(rows, true, -1L, changed, lasts);
    }
    TailOverlay overlay = new TailOverlay(changed);
    if (changed != null) {
      overlay.evaluate(generation, lasts, search.view().evaluator(clauses));
    }
    return overlay;
  }

  private static @Nullable RowIdMap add(
      ChangedRows rows, boolean own, long mask, @Nullable RowIdMap known, List<Last> lasts) {
    RowIdMap changed = known;
    for (int i = 0; i < rows.count(); i++) {
      boolean counts = rows.touches(i, mask) || changed != null && changed.contains(rows.rowId(i));
      if (!counts) {
        continue;
      }
      if (changed == null) {
        changed = new RowIdMap(rows.count());
      }
      int at = changed.get(rows.rowId(i));
      if (at < 0) {
        changed.put(rows.rowId(i), lasts.size());
        lasts.add(new Last(rows, i, own));
      } else {
        lasts.set(at, new Last(rows, i, own));
      }
    }
    return changed;
  }

  private void evaluate(IndexGeneration generation, List<Last> lasts, Evaluator evaluator) {
    PreparedRow[] prepared = new PreparedRow[Math.min(CHUNK, lasts.size())];
    long[] ids = new long[prepared.length];
    int pending = 0;
    for (Last last : lasts) {
      if (last.rows().isDelete(last.row())) {
        continue;
      }
      ids[pending] = last.rows().rowId(last.row());
      prepared[pending++] =
          last.own()
              ? generation
                  .index()
                  .prepare(
                      last.rows().batch(generation.positions()), last.rows().valueRow(last.row()))
              : generation.prepared(last.rows(), last.row());
      if (pending == prepared.length) {
        flush(prepared, ids, pending, evaluator);
        pending = 0;
      }
    }
    flush(prepared, ids, pending, evaluator);
  }

  private void flush(PreparedRow[] prepared, long[] ids, int pending, Evaluator evaluator) {
    if (pending == 0) {
      return;
    }
    boolean[] matches = new boolean[pending];
    double[] found = new double[pending];
    evaluator.evaluate(prepared, pending, matches, found);
    for (int i = 0; i < pending; i++) {
      if (matches[i]) {
        if (count == rowIds.length) {
          int capacity = Math.max(FOUND_MIN, count * 2);
          rowIds = Arrays.copyOf(rowIds, capacity);
          scores = Arrays.copyOf(scores, capacity);
        }
        rowIds[count] = ids[i];
        scores[count++] = found[i];
      }
    }
  }

  /** The rows that the index must not answer for; null for none. */
  @Nullable RowIdSet changed() {
    return changed;
  }

  /** Rows that were found here. */
  int count() {
    return count;
  }

  long rowId(int i) {
    return rowIds[i];
  }

  double score(int i) {
    return scores[i];
  }

  /** Orders the rows best first. */
  void sort(boolean descending) {
    Hits.sort(rowIds, scores, count, descending);
  }
}
