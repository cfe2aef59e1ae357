package org.facetdb.cli.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How well full-text search ranks: the Cranfield queries in SQL, beside plain Lucene in the same
 * run.
 *
 * <p>Title and text are one column, as they are one field of Lucene's, so both sides rank by the
 * same statistics. Each query is a case, and so is the mean: nDCG at 10 has to be Lucene's. Title
 * and text as two columns of an index are a different ranking, which is reported and not judged.
 */
public final class CranfieldSuite {
  private static final double TOLERANCE = 0.005;
  private static final int RETRIEVED_MAX = 1_000;
  private static final String SYNTAX = "\\+-!():^[]\"{}~*?|&/<>=";

  private final Databases databases;
  private final Consumer<Outcome> sink;
  private final Consumer<String> report;

  /**
   * A suite.
   *
   * @param report takes a line for each figure
   */
  public CranfieldSuite(Databases databases, Consumer<Outcome> sink, Consumer<String> report) {
    this.databases = databases;
    this.sink = sink;
    this.report = report;
  }

  /**
   * Runs all queries.
   *
   * @param folder holds {@code cran.all.1400}, {@code cran.qry} and {@code cranqrel}
   */
  public void run(Path folder) throws IOException, SQLException {
    Cranfield cranfield = Cranfield.read(folder);
    List<Ranking> ours;
    List<Ranking> byField;
    try (Connection connection = databases.connect("cranfield")) {
      load(connection, cranfield);
      ours = rank(connection, "cranfield", cranfield);
      byField = rank(connection, "cranfield_fields", cranfield);
    }
    List<Ranking> lucene = lucene(cranfield);
    for (int i = 0; i < ours.size(); i++) {
      judge("query " + (i + 1), ours.get(i), lucene.get(i));
    }
    Ranking mean = Ranking.mean(ours);
    Ranking expected = Ranking.mean(lucene);
    report.accept(
        String.format(
            Locale.ROOT,
            "mean nDCG@10 ours=%.4f lucene=%.4f difference=%.4f",
            mean.ndcg(),
            expected.ndcg(),
            mean.ndcg() - expected.ndcg()));
    report("ours, one column", mean);
    report("ours, title and body", Ranking.mean(byField));
    report("plain Lucene", expected);
    judge("mean", mean, expected);
  }

  private void judge(String where, Ranking ours, Ranking lucene) {
    String facts =
        String.format(
            Locale.ROOT,
            "nDCG@10 must be plain Lucene's within %s: ours=%.4f lucene=%.4f",
            TOLERANCE,
            ours.ndcg(),
            lucene.ndcg());
    boolean same = Math.abs(ours.ndcg() - lucene.ndcg()) <= TOLERANCE;
    sink.accept(same ? Outcome.passed(where) : Outcome.failed(where, facts));
  }

  private void report(String side, Ranking mean) {
    report.accept(
        String.format(
            Locale.ROOT,
            "%-20s  nDCG@10 %.3f  MAP %.3f  P@10 %.3f",
            side,
            mean.ndcg(),
            mean.averagePrecision(),
            mean.precision()));
  }

  private static void load(Connection connection, Cranfield cranfield) throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      jdbc.execute("CREATE EXTENSION fts");
      jdbc.execute("CREATE TABLE cranfield (id integer PRIMARY KEY, content text)");
      jdbc.execute("CREATE TABLE cranfield_fields (id integer PRIMARY KEY, title text, body text)");
      connection.setAutoCommit(false);
      try (PreparedStatement whole =
              connection.prepareStatement("INSERT INTO cranfield VALUES (?, ?)");
          PreparedStatement fields =
              connection.prepareStatement("INSERT INTO cranfield_fields VALUES (?, ?, ?)")) {
        for (int i = 0; i < cranfield.documents().size(); i++) {
          Cranfield.Document document = cranfield.documents().get(i);
          whole.setInt(1, i + 1);
          whole.setString(2, document.content());
          whole.addBatch();
          fields.setInt(1, i + 1);
          fields.setString(2, document.title());
          fields.setString(3, document.body());
          fields.addBatch();
        }
        whole.executeBatch();
        fields.executeBatch();
      }
      connection.commit();
      connection.setAutoCommit(true);
      jdbc.execute("CREATE INDEX cranfield_content ON cranfield USING bm25 (content)");
      jdbc.execute(
          "CREATE INDEX cranfield_title_body ON cranfield_fields USING bm25 (title, body)");
    }
  }

  private static List<Ranking> rank(Connection connection, String table, Cranfield cranfield)
      throws SQLException {
    List<Ranking> rankings = new ArrayList<>();
    String sql =
        "SELECT id FROM %1$s WHERE %1$s @@@ ? ORDER BY score(%1$s) DESC LIMIT %2$d"
            .formatted(table, RETRIEVED_MAX);
    try (PreparedStatement search = connection.prepareStatement(sql)) {
      for (Cranfield.Query query : cranfield.queries()) {
        List<Integer> found = new ArrayList<>();
        search.setString(1, anyWord(query.text()));
        try (ResultSet rows = search.executeQuery()) {
          while (rows.next()) {
            found.add(rows.getInt(1));
          }
        }
        rankings.add(Ranking.of(found, query.relevant()));
      }
    }
    return rankings;
  }

  private static List<Ranking> lucene(Cranfield cranfield) throws IOException {
    List<Ranking> rankings = new ArrayList<>();
    List<String> texts = cranfield.documents().stream().map(Cranfield.Document::content).toList();
    try (PlainLucene lucene = new PlainLucene(texts)) {
      for (Cranfield.Query query : cranfield.queries()) {
        rankings.add(Ranking.of(lucene.search(query.text(), RETRIEVED_MAX), query.relevant()));
      }
    }
    return rankings;
  }

  /** A search query for any of a text's words: none of its characters is syntax. */
  static String anyWord(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.toLowerCase(Locale.ROOT).strip().split("\\s+")) {
      StringBuilder escaped = new StringBuilder();
      for (char character : word.toCharArray()) {
        escaped.append(SYNTAX.indexOf(character) >= 0 ? "\\" : "").append(character);
      }
      words.add(escaped.toString());
    }
    return String.join(" ", words);
  }
}
