package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Full-text search over real English text beside raw Lucene: both sides index the same passages and
 * run the same queries, one thread, in the same process. Before a kind of query is timed, both have
 * to agree on its answers.
 */
final class FtsBenchmark {
  private static final double AGREEMENT = 1e-3;
  private static final int ROUNDS_WARM = 3;

  /** How many insertions warm up for one that counts: a thousand calls compile little. */
  private static final int INSERTIONS_WARM = 5;

  private final Plan plan;
  private final Path directory;
  private final PrintStream out;

  /**
   * How much is measured.
   *
   * @param folders with documentation
   * @param bytesMin less text is refused
   * @param bytesMax more text is not read
   * @param rounds that count
   * @param roundNanos how long a side searches in one round, at least
   * @param insertions of the insert-then-search part
   */
  record Plan(
      List<Path> folders,
      long bytesMin,
      long bytesMax,
      int rounds,
      long roundNanos,
      int insertions) {}

  FtsBenchmark(Plan plan, Path directory, PrintStream out) {
    this.plan = plan;
    this.directory = directory;
    this.out = out;
  }

  void run(Consumer<Metric> sink) throws Exception {
    List<String> texts = passages();
    TextQueries queries = new TextQueries(texts);
    List<String> anyOfTwo = queries.any(2);
    List<String> bothOfTwo = queries.both();
    try (LuceneText theirs = new LuceneText(Scratch.fresh(directory, "lucene"));
        FacetText ours = new FacetText(Scratch.fresh(directory, "facetdb"))) {
      double loaded = load(ours, texts);
      sink.accept(
          new Metric("load and index", "docs/s", loaded, theirs.version(), load(theirs, texts)));
      ours.settle();
      theirs.settle();
      out.println(theirs.version() + " segments: " + theirs.segmentCount());
      sink.accept(compare("1 term", queries.any(1), ours, theirs));
      sink.accept(compare("2 OR", anyOfTwo, ours, theirs));
      sink.accept(compare("3 OR", queries.any(3), ours, theirs));
      sink.accept(compare("5 OR", queries.any(5), ours, theirs));
      sink.accept(compare("2 AND", bothOfTwo, ours, theirs));
      sink.accept(compare("phrase", queries.phrases(), ours, theirs));
      sink.accept(compare("prefix", queries.prefixes(), ours, theirs));
      sink.accept(compare("fuzzy", queries.similar(), ours, theirs));
      sink.accept(compareInSection("2 OR, one section", anyOfTwo, ours, theirs));
      insertThenSearch(texts, ours, theirs, sink);
      ours.updateTenth(texts);
      theirs.updateTenth(texts);
      sink.accept(compare("2 OR, 10 % updated", anyOfTwo, ours, theirs));
      sink.accept(compare("2 AND, 10 % updated", bothOfTwo, ours, theirs));
    }
  }

  private List<String> passages() throws IOException {
    Passages passages = Passages.read(plan.folders(), plan.bytesMax());
    if (passages.bytes() < plan.bytesMin()) {
      throw new IOException(
          "the benchmark needs %,d MB of English text, and %,d MB were found: folders=%s; the Debian"
                  .formatted(plan.bytesMin() >> 20, passages.bytes() >> 20, plan.folders())
              + " packages linux-doc, openjdk-17-doc, libstdc++-12-doc, python3.11-doc,"
              + " postgresql-doc-15 and perl-doc bring enough");
    }
    out.printf(
        "%,d passages, %,d MB, %d queries of a kind%n",
        passages.texts().size(), passages.bytes() >> 20, TextQueries.COUNT);
    return passages.texts();
  }

  private static double load(TextSide side, List<String> texts) throws Exception {
    long start = System.nanoTime();
    side.load(texts);
    return KeyValueBenchmark.perSecond(texts.size(), start);
  }

  private Metric compare(String metric, List<String> queries, TextSide ours, LuceneText theirs)
      throws Exception {
    List<TextSide.Search> own = new ArrayList<>();
    List<TextSide.Search> peer = new ArrayList<>();
    for (String query : queries) {
      own.add(ours.search(query));
      peer.add(theirs.search(query));
    }
    return compare(metric, queries, own, peer, theirs.version());
  }

  private Metric compareInSection(
      String metric, List<String> queries, TextSide ours, LuceneText theirs) throws Exception {
    List<TextSide.Search> own = new ArrayList<>();
    List<TextSide.Search> peer = new ArrayList<>();
    for (int i = 0; i < queries.size(); i++) {
      own.add(ours.search(queries.get(i), i % TextSide.SECTIONS));
      peer.add(theirs.search(queries.get(i), i % TextSide.SECTIONS));
    }
    return compare(metric, queries, own, peer, theirs.version());
  }

  private Metric compare(
      String metric,
      List<String> queries,
      List<TextSide.Search> ours,
      List<TextSide.Search> theirs,
      String peer)
      throws Exception {
    for (int i = 0; i < queries.size(); i++) {
      agree(metric, queries.get(i), ours.get(i).run(), theirs.get(i).run());
    }
    double[] rates =
        Rounds.medians(ROUNDS_WARM, plan.rounds(), () -> rate(ours), () -> rate(theirs));
    return new Metric(metric, "queries/s", rates[0], peer, rates[1]);
  }

  /**
   * Both sides find as many rows, and equally good ones: but for terms that are close to one, which
   * Lucene scores by common statistics, and for versions that are gone, which it still counts.
   */
  private static void agree(
      String metric, String query, TextSide.Found ours, TextSide.Found theirs) {
    boolean scored = !metric.equals("fuzzy") && !metric.endsWith("updated");
    double difference = Math.abs(ours.scores() - theirs.scores());
    if (ours.count() != theirs.count()
        || scored && difference > AGREEMENT * Math.max(1, theirs.scores())) {
      throw new IllegalStateException(
          "the sides disagree: metric=%s query=%s ours=%s peer=%s"
              .formatted(metric, query, ours, theirs));
    }
  }

  private double rate(List<TextSide.Search> searches) throws Exception {
    long start = System.nanoTime();
    long runs = 0;
    while (runs == 0 || System.nanoTime() - start < plan.roundNanos()) {
      for (TextSide.Search search : searches) {
        search.run();
      }
      runs += searches.size();
    }
    return KeyValueBenchmark.perSecond(runs, start);
  }

  /** The sides take turns, so that both meet the same neighbours on the machine. */
  private void insertThenSearch(
      List<String> texts, TextSide ours, LuceneText theirs, Consumer<Metric> sink)
      throws Exception {
    double[] own = new double[plan.insertions()];
    double[] peer = new double[plan.insertions()];
    int warm = plan.insertions() * INSERTIONS_WARM;
    for (int i = -warm; i < plan.insertions(); i++) {
      int id = texts.size() + i + warm;
      String word = "zq" + Integer.toString(id, Character.MAX_RADIX) + "x";
      String text = texts.get(Math.floorMod(id * 31, texts.size())) + " " + word;
      double first = milliseconds(ours, id, text, word);
      double second = milliseconds(theirs, id, text, word);
      if (i >= 0) {
        own[i] = first;
        peer[i] = second;
      }
    }
    Arrays.sort(own);
    Arrays.sort(peer);
    int high = own.length * 99 / 100;
    sink.accept(
        new Metric(
            "insert then search", "ms", Rounds.median(own), theirs.version(), Rounds.median(peer)));
    sink.accept(
        new Metric("insert then search p99", "ms", own[high], theirs.version(), peer[high]));
  }

  private static double milliseconds(TextSide side, int id, String text, String word)
      throws Exception {
    long start = System.nanoTime();
    TextSide.Found found = side.insertAndFind(id, text, word);
    double taken = (System.nanoTime() - start) / 1e6;
    if (found.count() != 1) {
      throw new IllegalStateException(
          "a new passage is found once: found=" + found + " word=" + word);
    }
    return taken;
  }
}
