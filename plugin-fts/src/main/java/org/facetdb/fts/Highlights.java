package org.facetdb.fts;

import java.io.IOException;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.uhighlight.DefaultPassageFormatter;
import org.apache.lucene.search.uhighlight.UnifiedHighlighter;
import org.apache.lucene.search.uhighlight.WholeBreakIterator;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Marks the words of a text that a query found. Used by one thread. A short text is shown whole, of
 * a longer one the sentences that match best, in their order.
 */
final class Highlights {
  private static final int WHOLE_CHARS_MAX = 400;
  private static final int PASSAGES_MAX = 3;
  private static final String ELLIPSIS = " ... ";

  private final Analyzer analyzer;
  private final Query query;
  private final String field;
  private @Nullable Marker marker;

  Highlights(Analyzer analyzer, Query query, int column) {
    this.analyzer = analyzer;
    this.query = wordsOf(query);
    this.field = RowDocuments.fieldName(column);
  }

  /**
   * A query that matches wherever a clause that may find something does. The row was found already,
   * and what it was found by may lie in several columns, of which the highlighter sees one.
   */
  private static Query wordsOf(Query query) {
    return switch (query) {
      case BooleanQuery clauses -> {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        for (BooleanClause clause : clauses) {
          if (!clause.isProhibited()) {
            any.add(wordsOf(clause.query()), BooleanClause.Occur.SHOULD);
          }
        }
        yield any.build();
      }
      case BoostQuery boosted -> wordsOf(boosted.getQuery());
      default -> query;
    };
  }

  /** Highlighters for a pair of tags. */
  private record Marker(
      String before, String after, UnifiedHighlighter whole, UnifiedHighlighter passages) {}

  void render(BytesVector values, Vector[] arguments, int[] rows, int count, BytesVector result)
      throws IOException {
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (values.isNull(row)) {
        result.setNull(row);
      } else {
        Marker tags = marker(tag(arguments, 0, row, "<b>"), tag(arguments, 1, row, "</b>"));
        result.setString(row, mark(values.getString(row), tags));
      }
    }
  }

  private static String tag(Vector[] arguments, int index, int row, String standard) {
    boolean given = index < arguments.length && !arguments[index].isNull(row);
    return given ? ((BytesVector) arguments[index]).getString(row) : standard;
  }

  private String mark(String text, Marker tags) throws IOException {
    boolean whole = text.length() <= WHOLE_CHARS_MAX;
    UnifiedHighlighter highlighter = whole ? tags.whole : tags.passages;
    Object marked =
        text.isEmpty()
            ? null
            : highlighter.highlightWithoutSearcher(field, query, text, PASSAGES_MAX);
    return marked == null ? beginning(text) : marked.toString();
  }

  private static String beginning(String text) {
    if (text.length() <= WHOLE_CHARS_MAX) {
      return text;
    }
    int space = text.lastIndexOf(' ', WHOLE_CHARS_MAX);
    int end = space > 0 ? space : WHOLE_CHARS_MAX;
    boolean splitsPair = Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, splitsPair ? end - 1 : end);
  }

  private Marker marker(String before, String after) {
    Marker known = marker;
    if (known == null || !known.before.equals(before) || !known.after.equals(after)) {
      UnifiedHighlighter.Builder builder =
          UnifiedHighlighter.builderWithoutSearcher(analyzer)
              .withMaxLength(Integer.MAX_VALUE - 1)
              .withMaxNoHighlightPassages(0)
              .withFormatter(new DefaultPassageFormatter(before, after, ELLIPSIS, false));
      known =
          new Marker(
              before,
              after,
              builder.withBreakIterator(WholeBreakIterator::new).build(),
              builder.withBreakIterator(BoundedSentences::new).build());
      marker = known;
    }
    return known;
  }
}
