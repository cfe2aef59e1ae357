package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;

/**
 * Raw Lucene on disk with its default settings: nothing but the text is indexed, nothing is stored,
 * queries are parsed before they are timed, ids are read from doc values.
 */
final class LuceneText implements TextSide {
  static final String SETTINGS =
      "defaults (mapped files, 16 MB buffer, not merged by force), EnglishAnalyzer, queries parsed"
          + " before, ids by doc values";

  private static final String BODY = "body";
  private static final String KEY = "key";
  private static final String ID = "id";
  private static final String SECTION = "section";

  private final Analyzer analyzer = new EnglishAnalyzer();
  private final Directory directory;
  private IndexWriter writer;
  private DirectoryReader reader;
  private IndexSearcher searcher;

  LuceneText(Path folder) throws IOException {
    directory = FSDirectory.open(folder);
    writer = writer();
    writer.commit();
    reader = DirectoryReader.open(directory);
    searcher = new IndexSearcher(reader);
  }

  private IndexWriter writer() throws IOException {
    return new IndexWriter(directory, new IndexWriterConfig(analyzer));
  }

  @Override
  public String version() {
    return "Lucene " + Version.LATEST;
  }

  /** How many segments are searched. */
  int segmentCount() {
    return reader.leaves().size();
  }

  private static Document document(int id, String text) {
    Document document = new Document();
    document.add(new StringField(KEY, Integer.toString(id), Field.Store.NO));
    document.add(new NumericDocValuesField(ID, id));
    document.add(new IntField(SECTION, TextSide.section(id), Field.Store.NO));
    document.add(new TextField(BODY, text, Field.Store.NO));
    return document;
  }

  @Override
  public void load(List<String> texts) throws IOException {
    for (int id = 0; id < texts.size(); id++) {
      writer.addDocument(document(id, texts.get(id)));
    }
    writer.commit();
    use(DirectoryReader.open(directory));
  }

  /** Closing a writer waits for its merges. */
  @Override
  public void settle() throws IOException {
    writer.close();
    writer = writer();
    use(DirectoryReader.open(directory));
  }

  private void use(DirectoryReader open) throws IOException {
    reader.close();
    reader = open;
    searcher = new IndexSearcher(open);
  }

  private Query parse(String query) throws ParseException {
    return new QueryParser(BODY, analyzer).parse(query);
  }

  @Override
  public Search search(String query) throws ParseException {
    Query parsed = parse(query);
    return () -> find(parsed);
  }

  @Override
  public Search search(String query, int section) throws ParseException {
    Query filtered =
        new BooleanQuery.Builder()
            .add(parse(query), BooleanClause.Occur.MUST)
            .add(IntField.newExactQuery(SECTION, section), BooleanClause.Occur.FILTER)
            .build();
    return () -> find(filtered);
  }

  private Found find(Query query) throws IOException {
    List<LeafReaderContext> leaves = reader.leaves();
    double scores = 0;
    int count = 0;
    for (ScoreDoc hit : searcher.search(query, WANTED).scoreDocs) {
      LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit.doc, leaves));
      NumericDocValues ids = leaf.reader().getNumericDocValues(ID);
      if (ids.advanceExact(hit.doc - leaf.docBase) && ids.longValue() >= 0) {
        scores += hit.score;
        count++;
      }
    }
    return new Found(count, scores);
  }

  @Override
  public Found insertAndFind(int id, String text, String word) throws Exception {
    writer.addDocument(document(id, text));
    refresh();
    return find(parse(word));
  }

  private void refresh() throws IOException {
    use(DirectoryReader.open(writer));
  }

  @Override
  public void updateTenth(List<String> texts) throws IOException {
    for (int id = 0; id < texts.size(); id += 10) {
      writer.updateDocument(
          new Term(KEY, Integer.toString(id)), document(id, texts.get(id) + " revised"));
    }
    writer.commit();
    use(DirectoryReader.open(directory));
  }

  @Override
  public void close() throws IOException {
    reader.close();
    writer.close();
    directory.close();
    analyzer.close();
  }
}
