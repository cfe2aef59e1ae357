package org.facetdb.fts;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.queryparser.charstream.FastCharStream;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.TokenMgrError;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;
import org.jspecify.annotations.Nullable;

/**
 * Parses clauses, and remembers those used last, since prepared statements bring the same ones
 * again. Thread-safe. Queries are immutable and hold nothing of a reader.
 */
final class SearchQueries {
  private static final int REMEMBERED_MAX = 256;
  private static final int REMEMBERED_CHARS_MAX = 4096;
  private static final int NESTING_MAX = 200;
  private static final int SHOWN_CHARS_MAX = 1000;

  private final IndexShape shape;
  private final Analyzer analyzer;
  private final Map<List<Key>, Query> remembered =
      new LinkedHashMap<>(REMEMBERED_MAX, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Key>, Query> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  SearchQueries(IndexShape shape, Analyzer analyzer) {
    this.shape = shape;
    this.analyzer = analyzer;
  }

  private record Key(int column, String text) {
    static Key of(SearchClause clause) {
      Object argument = clause.argument();
      String text =
          argument instanceof byte[] bytes
              ? new String(bytes, StandardCharsets.UTF_8)
              : argument.toString();
      return new Key(clause.column(), text);
    }
  }

  /**
   * The query that all clauses together make.
   *
   * @throws DatabaseException 42601 for wrong syntax, 42703 for a column that isn't indexed, 54000
   *     and 54001 for what is too much
   */
  Query of(List<SearchClause> clauses) {
    List<Key> keys = keys(clauses);
    synchronized (remembered) {
      Query known = remembered.get(keys);
      if (known != null) {
        return known;
      }
    }
    Query query = parse(keys);
    int chars = 0;
    for (Key key : keys) {
      chars += key.text.length();
    }
    if (chars <= REMEMBERED_CHARS_MAX) {
      synchronized (remembered) {
        remembered.put(keys, query);
      }
    }
    return query;
  }

  private static List<Key> keys(List<SearchClause> clauses) {
    if (clauses.size() == 1) {
      return List.of(Key.of(clauses.getFirst()));
    }
    List<Key> keys = new ArrayList<>(clauses.size());
    for (SearchClause clause : clauses) {
      keys.add(Key.of(clause));
    }
    return keys;
  }

  private Query parse(List<Key> keys) {
    if (keys.size() == 1) {
      return parse(keys.getFirst());
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (Key key : keys) {
      all.add(parse(key), BooleanClause.Occur.MUST);
    }
    return all.build();
  }

  private Query parse(Key key) {
    if (nesting(key.text) > NESTING_MAX) {
      throw DatabaseException.user(
          "54001", "a search query is nested too deeply: limit=" + NESTING_MAX);
    }
    ColumnQueryParser parser = new ColumnQueryParser(shape, analyzer);
    parser.ReInit(new FastCharStream(new StringReader(key.text)));
    try {
      @Nullable Query query = parser.TopLevelQuery(defaultField(key.column));
      return query == null ? MatchNoDocsQuery.INSTANCE : query;
    } catch (ParseException e) {
      throw SyntaxErrors.of(key.text, e, parser.token);
    } catch (TokenMgrError e) {
      throw SyntaxErrors.of(key.text, e);
    } catch (IllegalArgumentException e) {
      throw SyntaxErrors.pattern(key.text, e, parser.token);
    } catch (RuntimeException | StackOverflowError e) {
      DatabaseException shown = e instanceof DatabaseException known ? known : unparsable(e);
      throw shown.withDetail("Search query: " + shortened(key.text));
    }
  }

  private @Nullable String defaultField(int column) {
    if (column == SearchClause.ALL_COLUMNS) {
      return shape.columns().size() == 1 ? RowDocuments.fieldName(0) : null;
    }
    return RowDocuments.fieldName(column);
  }

  /** A query of a megabyte doesn't help whoever reads an error. */
  private static String shortened(String text) {
    return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "...";
  }

  private static DatabaseException unparsable(Throwable fault) {
    DatabaseException complex = Faults.tooComplex(fault);
    return complex == null
        ? DatabaseException.internal("a search query can't be parsed", fault)
        : complex;
  }

  /** How deep parentheses are nested, without those that are quoted or escaped. */
  private static int nesting(String text) {
    int depth = 0;
    int most = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted = !quoted;
        case '(' -> most = quoted ? most : Math.max(most, ++depth);
        case ')' -> depth -= quoted || depth == 0 ? 0 : 1;
        default -> {}
      }
    }
    return most;
  }
}
