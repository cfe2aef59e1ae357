package org.facetdb.fts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexShape;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's classic query syntax over an index's columns. Used once, by one thread. A term without a
 * column is searched in the default column; where that is null in all, of which any may have it.
 */
final class ColumnQueryParser extends QueryParser {
  private static final String ANY = "*";

  private final IndexShape shape;

  ColumnQueryParser(IndexShape shape, Analyzer analyzer) {
    super(RowDocuments.fieldName(0), analyzer);
    this.shape = shape;
    setAllowLeadingWildcard(true);
    setLocale(Locale.ROOT);
  }

  /** A query for one column. */
  private interface InColumn {
    @Nullable Query of(String field) throws ParseException;
  }

  private @Nullable Query in(@Nullable String field, InColumn query) throws ParseException {
    if (field != null) {
      return query.of(resolve(field));
    }
    List<BooleanClause> clauses = new ArrayList<>();
    for (int i = 0; i < shape.columns().size(); i++) {
      Query inColumn = query.of(RowDocuments.fieldName(i));
      if (inColumn != null) {
        clauses.add(new BooleanClause(inColumn, BooleanClause.Occur.SHOULD));
      }
    }
    return switch (clauses.size()) {
      case 0 -> null;
      case 1 -> clauses.getFirst().query();
      default -> getBooleanQuery(clauses);
    };
  }

  /** The field of a column's name; a field's own name stays as it is. */
  private String resolve(String name) {
    int column = shape.columnIndex(name);
    if (column < 0) {
      column = shape.columnIndex(name.toLowerCase(Locale.ROOT));
    }
    if (column >= 0) {
      return RowDocuments.fieldName(column);
    }
    for (int i = 0; i < shape.columns().size(); i++) {
      if (RowDocuments.fieldName(i).equals(name)) {
        return name;
      }
    }
    List<String> names = shape.columns().stream().map(IndexShape.Column::name).toList();
    throw DatabaseException.user(
            "42703",
            "column \""
                + name
                + "\" of the search query is not indexed: index="
                + shape.name()
                + " columns="
                + String.join(", ", names))
        .withHint("A colon that names no column is written as \\:");
  }

  @Override
  protected @Nullable Query getFieldQuery(@Nullable String field, String text, boolean quoted)
      throws ParseException {
    return in(field, column -> super.getFieldQuery(column, text, quoted));
  }

  @Override
  protected @Nullable Query getFieldQuery(@Nullable String field, String text, int slop)
      throws ParseException {
    return in(field, column -> super.getFieldQuery(column, text, slop));
  }

  @Override
  protected @Nullable Query getFuzzyQuery(@Nullable String field, String text, float similarity)
      throws ParseException {
    if (similarity > FuzzyQuery.defaultMaxEdits) {
      throw new ParseException("too many edits");
    }
    return in(field, column -> super.getFuzzyQuery(column, text, similarity));
  }

  @Override
  protected @Nullable Query getPrefixQuery(@Nullable String field, String text)
      throws ParseException {
    return in(field, column -> super.getPrefixQuery(column, text));
  }

  @Override
  protected @Nullable Query getWildcardQuery(@Nullable String field, String text)
      throws ParseException {
    if (ANY.equals(text) && ANY.equals(field)) {
      return newMatchAllDocsQuery();
    }
    return in(field, column -> super.getWildcardQuery(column, text));
  }

  @Override
  protected @Nullable Query getRegexpQuery(@Nullable String field, String text)
      throws ParseException {
    return in(field, column -> super.getRegexpQuery(column, text));
  }

  /** As the base class does it, but for its attempt to read the bounds as dates. */
  @Override
  protected @Nullable Query getRangeQuery(
      @Nullable String field,
      @Nullable String from,
      @Nullable String to,
      boolean fromInclusive,
      boolean toInclusive)
      throws ParseException {
    return in(field, column -> newRangeQuery(column, from, to, fromInclusive, toInclusive));
  }

  @Override
  protected Query newFuzzyQuery(Term term, float similarity, int prefixLength) {
    String text = term.text();
    int edits = FuzzyQuery.floatToEdits(similarity, text.codePointCount(0, text.length()));
    return new FuzzyQuery(
        term,
        edits,
        prefixLength,
        FuzzyQuery.defaultMaxExpansions,
        FuzzyQuery.defaultTranspositions,
        ClosestTerms.INSTANCE);
  }

  /** Each term of a place scores by itself: a blend would depend on which of them a row has. */
  @Override
  protected Query newSynonymQuery(String field, TermAndBoost[] terms) {
    BooleanQuery.Builder any = newBooleanQuery();
    for (TermAndBoost term : terms) {
      Query query = new TermQuery(new Term(field, term.term()));
      any.add(new BoostQuery(query, term.boost()), BooleanClause.Occur.SHOULD);
    }
    return any.build();
  }
}
