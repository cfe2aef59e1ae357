package org.facetdb.plugin.sample;

import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.RowIdSet;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCost;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.Vector;

/** The entries that there were at one moment. Holds nothing to close. */
record TrigramView(TrigramIndex.Visible visible) implements IndexView {
  private static final double NANOS_PER_CANDIDATE = 20;

  @Override
  public Position position() {
    return visible.position();
  }

  /** Any text is an argument; a clause on all columns means the only one. */
  private static List<String> parts(List<SearchClause> clauses) {
    return clauses.stream().map(clause -> (String) clause.argument()).toList();
  }

  @Override
  public SearchCursor search(SearchRequest request) {
    return new Cursor(visible, request, Trigrams.of(parts(request.clauses())));
  }

  @Override
  public SearchCost cost(SearchRequest request) {
    long[] trigrams = Trigrams.of(parts(request.clauses()));
    int candidates = visible.postings().candidates(trigrams).size();
    return new SearchCost(candidates, NANOS_PER_CANDIDATE * candidates);
  }

  @Override
  public Evaluator evaluator(List<SearchClause> clauses) {
    List<String> parts = parts(clauses);
    return (PreparedRow[] rows, int count, boolean[] matches, double[] scores) -> {
      for (int i = 0; i < count; i++) {
        String text = ((TrigramIndex.Text) rows[i]).value();
        matches[i] = text != null && parts.stream().allMatch(text::contains);
        scores[i] = 0;
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
    throw DatabaseException.unsupported("a trigram index renders nothing: " + function.name());
  }

  @Override
  public void close() {}

  /** Walks the shortest list of candidates and leaves out what lacks another trigram. */
  private static final class Cursor implements SearchCursor {
    private final SearchRequest request;
    private final long[] trigrams;
    private final Postings.EntryList candidates;
    private final int entries;
    private int next;

    Cursor(TrigramIndex.Visible visible, SearchRequest request, long[] trigrams) {
      this.request = request;
      this.trigrams = trigrams;
      candidates = visible.postings().candidates(trigrams);
      entries = visible.entries();
    }

    @Override
    public int next(long[] rowIds, double[] scores, int limit) {
      int taken = 0;
      while (taken < limit) {
        Entry entry = candidates.get(next, entries);
        if (entry == null) {
          return taken;
        }
        next++;
        if (finds(entry)) {
          scores[taken] = 0;
          rowIds[taken++] = entry.rowId;
        }
      }
      return taken;
    }

    private boolean finds(Entry entry) {
      RowIdSet only = request.only();
      RowIdSet except = request.except();
      return entry.validAt(request.snapshot())
          && (only == null || only.contains(entry.rowId))
          && (except == null || !except.contains(entry.rowId))
          && Arrays.stream(trigrams).allMatch(t -> Arrays.binarySearch(entry.trigrams, t) >= 0);
    }

    @Override
    public void close() {}
  }
}
