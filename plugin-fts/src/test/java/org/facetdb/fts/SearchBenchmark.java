package org.facetdb.fts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.MMapDirectory;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchRequest;

/**
 * Searches per second beside plain Lucene on the same synthetic text, one thread; run by hand with
 * the number of documents and a folder.
 */
final class SearchBenchmark {
  private static final int WORDS = 30_000;
  private static final int QUERIES = 200;
  private static final int ROUNDS = 9;
  private static final Path SCHEDULER = Path.of("/proc/thread-self/schedstat");

  private final Random random = new Random(42);
  private final double[] cumulative = new double[WORDS];

  private SearchBenchmark() {
    double sum = 0;
    for (int i = 0; i < WORDS; i++) {
      sum += 1 / Math.pow(i + 2.7, 1.05);
      cumulative[i] = sum;
    }
  }

  public static void main(String[] arguments) throws Exception {
    new SearchBenchmark().run(Integer.parseInt(arguments[0]), Path.of(arguments[1]));
  }

  private String word() {
    int at = Arrays.binarySearch(cumulative, random.nextDouble() * cumulative[WORDS - 1]);
    return name(at < 0 ? -at - 1 : at);
  }

  private static String name(int word) {
    StringBuilder name = new StringBuilder("q");
    for (int rest = word + 1; rest > 0; rest /= 20) {
      name.append("bcdfghjklmnpqrstvwxz".charAt(rest % 20)).append('a');
    }
    return name.toString();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 40 + random.nextInt(80); i > 0; i--) {
      text.append(word()).append(' ');
    }
    return text.toString();
  }

  private void run(int count, Path folder) throws Exception {
    Path ours = Files.createTempDirectory(folder, "ours");
    Path plain = Files.createTempDirectory(folder, "plain");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      texts.add(text());
    }
    long started = System.nanoTime();
    try (var directory = new MMapDirectory(plain);
        var writer = new IndexWriter(directory, new IndexWriterConfig(new EnglishAnalyzer()))) {
      for (String text : texts) {
        Document document = new Document();
        document.add(new TextField("body", text, Field.Store.NO));
        writer.addDocument(document);
      }
      writer.commit();
    }
    report("build, documents/s, plain Lucene", count / seconds(started));
    try (Fixture fixture = new Fixture(ours, Map.of());
        var reader = DirectoryReader.open(new MMapDirectory(plain))) {
      started = System.nanoTime();
      for (int i = 0; i < count; i++) {
        fixture.put(i, 10 + i, null, texts.get(i));
      }
      fixture.refresh(10 + count);
      report("build, documents/s, ours", count / seconds(started));
      fixture.index.awaitMerges();
      fixture.checkpoint(new Position(1, 1));
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      System.out.println(
          "segments plain=" + reader.leaves().size() + " ours=" + fixture.index.segmentCount());
      for (String kind : List.of("or1", "or2", "or3", "or5", "and2", "phrase", "prefix", "fuzzy")) {
        compare(kind, searcher, fixture, 10 + count);
      }
      for (int i = 0; i < count; i += 10) {
        fixture.index.end(i, 10 + i, 20 + count);
      }
      fixture.refresh(20 + count);
      System.out.println("with a tenth of the rows ended:");
      for (String kind : List.of("or2", "or3", "and2")) {
        compare(kind, searcher, fixture, 20 + count);
      }
      rows(fixture, texts);
    }
  }

  private static double seconds(long started) {
    return (System.nanoTime() - started) / 1e9;
  }

  private static void report(String metric, double value) {
    System.out.printf("%-45s %,12.1f%n", metric, value);
  }

  private String query(String kind) {
    String first = name(20 + random.nextInt(2000));
    String second = name(20 + random.nextInt(2000));
    return switch (kind) {
      case "or1" -> first;
      case "or2" -> first + " " + second;
      case "or3" -> first + " " + second + " " + name(20 + random.nextInt(2000));
      case "or5" -> query("or2") + " " + query("or3");
      case "and2" -> "+" + first + " +" + second;
      case "phrase" -> '"' + name(random.nextInt(40)) + ' ' + name(random.nextInt(40)) + '"';
      case "prefix" -> name(500 + random.nextInt(2000)).substring(0, 4) + "*";
      default -> first + "~1";
    };
  }

  private interface Search {
    void run(int query) throws Exception;
  }

  private void compare(String kind, IndexSearcher searcher, Fixture fixture, long snapshot)
      throws Exception {
    List<Query> parsed = new ArrayList<>();
    List<SearchRequest> requests = new ArrayList<>();
    QueryParser parser = new QueryParser("body", new EnglishAnalyzer());
    for (int i = 0; i < QUERIES; i++) {
      String text = query(kind);
      parsed.add(parser.parse(text));
      requests.add(
          new SearchRequest(
              List.of(new SearchClause(1, "@@@", text)),
              snapshot,
              SearchRequest.Order.BEST_FIRST,
              10,
              true,
              null,
              null));
    }
    long[] rowIds = new long[10];
    double[] scores = new double[10];
    Search plain = i -> searcher.search(parsed.get(i), 10);
    Search ours =
        i -> {
          try (IndexView view = fixture.index.view();
              SearchCursor cursor = view.search(requests.get(i))) {
            cursor.next(rowIds, scores, 10);
          }
        };
    double[] plainRates = new double[ROUNDS];
    double[] ourRates = new double[ROUNDS];
    for (int round = -3; round < ROUNDS; round++) {
      double plainRate = rate(plain);
      double ourRate = rate(ours);
      if (round >= 0) {
        plainRates[round] = plainRate;
        ourRates[round] = ourRate;
      }
    }
    Arrays.sort(plainRates);
    Arrays.sort(ourRates);
    double peer = plainRates[ROUNDS / 2];
    double own = ourRates[ROUNDS / 2];
    System.out.printf(
        "%-8s ours %,10.0f/s  plain Lucene %,10.0f/s  ratio %.2f%n", kind, own, peer, own / peer);
  }

  /** Runs per second of the thread's own processor time, which other programs don't disturb. */
  private static double rate(Search search) throws Exception {
    long started = System.nanoTime();
    long processor = processorNanos();
    int runs = 0;
    while (System.nanoTime() - started < 100_000_000L) {
      for (int i = 0; i < QUERIES; i++) {
        search.run(i);
      }
      runs += QUERIES;
    }
    return runs * 1e9 / (processorNanos() - processor);
  }

  private static long processorNanos() throws IOException {
    return Long.parseLong(Files.readString(SCHEDULER).split(" ")[0]);
  }

  private void rows(Fixture fixture, List<String> texts) throws IOException {
    int count = 1000;
    PreparedRow[] rows = new PreparedRow[count];
    boolean[] matches = new boolean[count];
    double[] scores = new double[count];
    try (IndexView view = fixture.index.view()) {
      for (int round = 0; round < 20; round++) {
        long started = processorNanos();
        for (int i = 0; i < count; i++) {
          rows[i] = fixture.index.prepare(Fixture.row(null, texts.get(i)), 0);
        }
        double prepare = (processorNanos() - started) / 1e9 * 1e6 / count;
        started = processorNanos();
        Evaluator evaluator =
            view.evaluator(List.of(new SearchClause(1, "@@@", name(30) + " " + name(90))));
        evaluator.evaluate(rows, count, matches, scores);
        double evaluate = (processorNanos() - started) / 1e9 * 1e6 / count;
        if (round == 19) {
          report("prepare a row of 80 words, us", prepare);
          report("evaluate two terms on a row, us", evaluate);
          report("bytes of a prepared row", rows[0].bytes());
        }
      }
    }
    double[] micros = new double[200];
    for (int i = 0; i < micros.length; i++) {
      long started = processorNanos();
      fixture.put(1_000_000_000L + i, 2_000_000_000L + i, null, texts.get(i));
      fixture.refresh(2_000_000_000L + i);
      micros[i] = (processorNanos() - started) / 1e9 * 1e6;
    }
    Arrays.sort(micros);
    report("put and refresh one row, median us of processor", micros[100]);
    report("put and refresh one row, p99 us of processor", micros[198]);
  }
}
