package org.facetdb.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.RowIdSet;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCost;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchRequest;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a view answers with the model: random clauses, orders, page sizes and row sets.
 * Used by one thread.
 */
public final class ViewCheck {
  private static final double TOLERANCE = 1e-4;
  private static final int EVALUATED_ROWS = 64;

  /** Makes prepared rows; null where the index is closed. */
  @FunctionalInterface
  public interface Preparer {
    PreparedRow prepare(@Nullable Object[] values);
  }

  private record Rows(Set<Long> ids) implements RowIdSet {
    @Override
    public boolean contains(long rowId) {
      return ids.contains(rowId);
    }

    @Override
    public long size() {
      return ids.size();
    }
  }

  private final IndexFixture fixture;
  private final Model model;
  private final Random random;
  private final boolean exact;
  private final SearchFunction.@Nullable Score score;

  public ViewCheck(IndexFixture fixture, IndexMethod method, Model model, Random random) {
    this.fixture = fixture;
    this.model = model;
    this.random = random;
    exact = method.exact();
    score =
        method.functions().stream()
            .filter(SearchFunction.Score.class::isInstance)
            .map(SearchFunction.Score.class::cast)
            .findFirst()
            .orElse(null);
  }

  /** Compares some random searches at a snapshot, which may lie after the view's position. */
  public void compare(IndexView view, long snapshot, @Nullable Preparer preparer) {
    Map<Long, @Nullable Object[]> alive = model.rowsAt(snapshot);
    Set<Long> tail = model.changedIn(view.position().timestamp(), snapshot);
    for (int i = 0; i < 3; i++) {
      List<SearchClause> clauses = fixture.randomClauses(random);
      SearchRequest request = request(clauses, snapshot, alive.keySet(), tail);
      Map<Long, Double> found = search(view, request);
      checkFound(request, found, alive);
      SearchCost cost = view.cost(request);
      verify(cost.matches() >= 0, "estimated matches are not negative", request, cost);
      verify(
          cost.nanos() >= 0 && Double.isFinite(cost.nanos()),
          "an estimated time is finite and not negative",
          request,
          cost);
      if (preparer != null) {
        checkEvaluator(view, request, found, alive, preparer);
      }
    }
  }

  private SearchRequest request(
      List<SearchClause> clauses, long snapshot, Set<Long> alive, Set<Long> tail) {
    boolean best = score != null && random.nextBoolean();
    Set<Long> except = new HashSet<>(tail);
    if (random.nextInt(3) == 0) {
      except.addAll(some(alive));
    }
    return new SearchRequest(
        clauses,
        snapshot,
        best ? SearchRequest.Order.BEST_FIRST : SearchRequest.Order.ANY,
        random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(10),
        best || (score != null && random.nextBoolean()),
        random.nextInt(3) == 0 ? new Rows(some(alive)) : null,
        except.isEmpty() && random.nextBoolean() ? null : new Rows(except));
  }

  private Set<Long> some(Set<Long> rows) {
    int percent = 10 + random.nextInt(81);
    Set<Long> result = new HashSet<>();
    rows.stream()
        .sorted()
        .forEach(
            rowId -> {
              if (random.nextInt(100) < percent) {
                result.add(rowId);
              }
            });
    return result;
  }

  /** Takes all rows in pages of random size; the value is the score, NaN where not asked for. */
  private Map<Long, Double> search(IndexView view, SearchRequest request) {
    Map<Long, Double> found = new HashMap<>();
    boolean best = request.order() == SearchRequest.Order.BEST_FIRST;
    double previous = Double.NaN;
    int pages = 1 + random.nextInt(40);
    try (SearchCursor cursor = view.search(request)) {
      while (true) {
        int limit = 1 + random.nextInt(pages);
        long[] rowIds = new long[limit + 1];
        double[] scores = new double[limit + 1];
        rowIds[limit] = -7;
        Arrays.fill(scores, Double.NaN);
        int taken = cursor.next(rowIds, scores, limit);
        verify(
            taken >= 0 && taken <= limit && rowIds[limit] == -7,
            "a page has at most the rows asked for",
            request,
            taken);
        if (taken == 0) {
          return found;
        }
        for (int i = 0; i < taken; i++) {
          Double before = found.put(rowIds[i], scores[i]);
          verify(before == null, "each row is found once", request, "row=" + rowIds[i]);
          if (request.scored()) {
            verify(!Double.isNaN(scores[i]), "a score is a number", request, rowIds[i]);
          }
          if (best) {
            verify(
                !better(scores[i], previous),
                "scores never get better",
                request,
                previous + " then " + scores[i]);
            previous = scores[i];
          }
        }
      }
    }
  }

  private boolean better(double next, double previous) {
    return score != null && (score.descending() ? next > previous : next < previous);
  }

  private void checkFound(
      SearchRequest request, Map<Long, Double> found, Map<Long, @Nullable Object[]> alive) {
    RowIdSet only = request.only();
    RowIdSet except = request.except();
    for (Map.Entry<Long, @Nullable Object[]> row : alive.entrySet()) {
      long rowId = row.getKey();
      boolean allowed =
          (only == null || only.contains(rowId)) && (except == null || !except.contains(rowId));
      boolean matches = allowed && fixture.matches(request.clauses(), row.getValue());
      if (matches || !found.containsKey(rowId)) {
        verify(
            !matches || found.containsKey(rowId),
            "a row that matches is found",
            request,
            describe(rowId, row.getValue()));
      } else {
        verify(
            allowed && !exact,
            allowed ? "an exact method finds matching rows alone" : "row sets are obeyed",
            request,
            describe(rowId, row.getValue()));
      }
      double expected = matches ? fixture.score(request.clauses(), row.getValue()) : Double.NaN;
      if (request.scored() && !Double.isNaN(expected)) {
        verify(
            near(expected, found.get(rowId)),
            "a score is what the reference says: expected=" + expected,
            request,
            describe(rowId, row.getValue()) + " score=" + found.get(rowId));
      }
    }
    for (Long rowId : found.keySet()) {
      verify(
          alive.containsKey(rowId), "rows are found while they are there", request, "row=" + rowId);
    }
  }

  private void checkEvaluator(
      IndexView view,
      SearchRequest request,
      Map<Long, Double> found,
      Map<Long, @Nullable Object[]> alive,
      Preparer preparer) {
    List<Long> rowIds = new ArrayList<>(alive.keySet());
    rowIds.sort(null);
    List<@Nullable Object[]> values = new ArrayList<>();
    for (int i = 0; i < Math.min(EVALUATED_ROWS, rowIds.size()); i++) {
      values.add(alive.get(rowIds.get(i)));
    }
    int known = values.size();
    values.add(fixture.randomValues(random));
    values.add(fixture.randomValues(random));
    PreparedRow[] rows = new PreparedRow[values.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = preparer.prepare(values.get(i));
      verify(rows[i].bytes() >= 0, "a prepared row has a size", request, rows[i].bytes());
    }
    boolean[] matches = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      matches[i] = random.nextBoolean();
    }
    double[] scores = new double[rows.length];
    Evaluator evaluator = view.evaluator(request.clauses());
    evaluator.evaluate(rows, rows.length, matches, scores);
    for (int i = 0; i < rows.length; i++) {
      long rowId = i < known ? rowIds.get(i) : -1;
      verify(
          matches[i] == fixture.matches(request.clauses(), values.get(i)),
          "an evaluator knows what matches: matches=" + matches[i],
          request,
          describe(rowId, values.get(i)));
      Double searched = found.get(rowId);
      if (matches[i] && request.scored() && searched != null) {
        verify(
            near(searched, scores[i]),
            "an evaluator scores as the search does: searched=" + searched,
            request,
            describe(rowId, values.get(i)) + " score=" + scores[i]);
      }
    }
  }

  private static boolean near(double a, @Nullable Double b) {
    return b != null
        && (a == b
            || Math.abs(a - b)
                <= TOLERANCE * Math.max(Double.MIN_NORMAL, Math.max(Math.abs(a), Math.abs(b))));
  }

  private static String describe(long rowId, @Nullable Object @Nullable [] values) {
    return "row=" + rowId + " values=" + Arrays.deepToString(values);
  }

  private static void verify(boolean holds, String rule, SearchRequest request, Object fact) {
    if (!holds) {
      throw new AssertionError(
          rule
              + ": "
              + fact
              + " clauses="
              + request.clauses()
              + " snapshot="
              + request.snapshot()
              + " order="
              + request.order());
    }
  }
}
