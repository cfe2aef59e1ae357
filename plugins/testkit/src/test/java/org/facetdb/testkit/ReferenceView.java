package org.facetdb.testkit;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCost;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.Vector;

/** Looks at each entry. */
record ReferenceView(ReferenceIndex index, List<ReferenceIndex.Entry> entries, Position position)
    implements IndexView {

  private boolean has(Fault fault) {
    return index.method.has(fault);
  }

  @Override
  public Position position() {
    return has(Fault.VIEW_MOVES_ON) ? index.visiblePosition : position;
  }

  private void check(List<SearchClause> clauses) {
    if (has(Fault.VIEW_ENDS_WITH_THE_INDEX) && index.closed) {
      throw new IllegalStateException("the index is closed");
    }
    for (SearchClause clause : clauses) {
      if (clause.argument().equals("(")) {
        if (has(Fault.REFUSES_AS_A_FAULT_OF_OURS)) {
          throw DatabaseException.internal("a bracket closes", null);
        }
        if (!has(Fault.ACCEPTS_BAD_ARGUMENTS)) {
          throw DatabaseException.user("42601", "a bracket closes").withPosition(1);
        }
      }
    }
  }

  static boolean matches(List<SearchClause> clauses, String value) {
    return value != null
        && clauses.stream().allMatch(clause -> value.contains((String) clause.argument()));
  }

  static double score(String value) {
    return 1.0 / (1 + value.length());
  }

  private boolean finds(SearchRequest request, ReferenceIndex.Entry entry) {
    boolean begun = has(Fault.SHOWS_THE_FUTURE) || entry.begin() <= request.snapshot();
    boolean allowed =
        (has(Fault.IGNORES_ONLY)
                || request.only() == null
                || request.only().contains(entry.rowId()))
            && (has(Fault.IGNORES_EXCEPT)
                || request.except() == null
                || !request.except().contains(entry.rowId()));
    boolean wrong = has(Fault.FINDS_TOO_MUCH) && entry.value() != null && entry.rowId() % 4 == 0;
    return begun
        && request.snapshot() < entry.end()
        && allowed
        && (wrong || matches(request.clauses(), entry.value()));
  }

  @Override
  public SearchCursor search(SearchRequest request) {
    check(request.clauses());
    Comparator<ReferenceIndex.Entry> order = Comparator.comparing(e -> -score(e.value()));
    Iterator<ReferenceIndex.Entry> found =
        entries.stream()
            .filter(e -> finds(request, e))
            .sorted(has(Fault.WORST_FIRST) ? order.reversed() : order)
            .iterator();
    return new SearchCursor() {
      @Override
      public int next(long[] rowIds, double[] scores, int limit) {
        int taken = 0;
        while (taken < limit && found.hasNext()) {
          ReferenceIndex.Entry entry = found.next();
          rowIds[taken] = entry.rowId();
          scores[taken++] = score(entry.value());
        }
        return taken;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public SearchCost cost(SearchRequest request) {
    check(request.clauses());
    return new SearchCost(entries.size(), 20.0 * entries.size());
  }

  @Override
  public Evaluator evaluator(List<SearchClause> clauses) {
    check(clauses);
    return (rows, count, matches, scores) -> {
      for (int i = 0; i < count; i++) {
        String value = ((ReferenceIndex.Prepared) rows[i]).value();
        matches[i] = matches(clauses, value) && !(has(Fault.EVALUATOR_MISSES) && i == 0);
        if (matches[i]) {
          scores[i] = score(value) * (has(Fault.EVALUATOR_SCORES_OTHERWISE) ? 1.001 : 1);
        }
      }
    };
  }

  @Override
  public void render(
      SearchFunction.Rendering function,
      List<SearchClause> clauses,
      int column,
      Vector values,
      Vector[] arguments,
      int[] rows,
      int count,
      Vector result) {
    throw DatabaseException.unsupported("a reference index renders nothing");
  }

  @Override
  public void close() {}
}
