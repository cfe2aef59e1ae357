package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Ranks the Cranfield collection as plain Lucene does. */
class CranfieldTest {
  private static final double TOLERANCE = 0.005;

  @Test
  void ranksAsPlainLuceneDoes() throws Exception {
    Optional<Cranfield> data = Cranfield.find();
    Assumptions.assumeTrue(data.isPresent(), "needs the Cranfield collection");
    Cranfield cranfield = data.get();
    assertEquals(1400, cranfield.documents().size());
    double ours = 0;
    double plain = 0;
    try (Fixture fixture = new Fixture();
        var directory = new ByteBuffersDirectory()) {
      for (int i = 0; i < cranfield.documents().size(); i++) {
        Cranfield.Document document = cranfield.documents().get(i);
        fixture.put(i + 1, 10, document.title(), document.body());
      }
      fixture.refresh(10);
      fill(directory, cranfield);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        QueryParser parser =
            new MultiFieldQueryParser(new String[] {"title", "body"}, new EnglishAnalyzer());
        for (int i = 0; i < cranfield.queries().size(); i++) {
          String query = cranfield.queries().get(i);
          List<Long> expected = new ArrayList<>();
          for (ScoreDoc hit : searcher.search(parser.parse(query), 10).scoreDocs) {
            expected.add(hit.doc + 1L);
          }
          plain += cranfield.ndcg(i + 1, expected);
          ours += cranfield.ndcg(i + 1, fixture.find(10, query).stream().limit(10).toList());
        }
      }
    }
    int count = cranfield.queries().size();
    String facts = "ours=" + ours / count + " plain=" + plain / count + " queries=" + count;
    System.out.println("nDCG@10: " + facts);
    assertTrue(plain / count > 0.2, facts);
    assertEquals(plain / count, ours / count, TOLERANCE, facts);
  }

  private static void fill(ByteBuffersDirectory directory, Cranfield cranfield) throws Exception {
    IndexWriterConfig config = new IndexWriterConfig(new EnglishAnalyzer());
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (Cranfield.Document document : cranfield.documents()) {
        Document fields = new Document();
        fields.add(new TextField("title", document.title(), Field.Store.NO));
        fields.add(new TextField("body", document.body(), Field.Store.NO));
        writer.addDocument(fields);
      }
    }
  }
}
