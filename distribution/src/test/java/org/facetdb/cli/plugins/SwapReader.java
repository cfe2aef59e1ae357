package org.facetdb.cli.plugins;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Searches and judges what it finds by what was acknowledged before each search began. Holds its
 * prepared statements for the whole run. Used by one thread.
 */
final class SwapReader implements Runnable {
  private static final int BEST = 10;

  private final SwapFacts facts;
  private final SwapLog log;
  private final SplittableRandom random;
  private final long pauseNanos;
  private final BooleanSupplier over;
  private final Statement plain;
  private final PreparedStatement point;
  private final PreparedStatement best;
  private final PreparedStatement set;
  private final PreparedStatement filtered;

  SwapReader(
      Connection connection,
      SwapFacts facts,
      SwapLog log,
      SplittableRandom random,
      long pauseNanos,
      BooleanSupplier over)
      throws SQLException {
    this.facts = facts;
    this.log = log;
    this.random = random;
    this.pauseNanos = pauseNanos;
    this.over = over;
    plain = connection.createStatement();
    point = connection.prepareStatement("SELECT id, category FROM docs WHERE docs @@@ ?");
    best =
        connection.prepareStatement(
            "SELECT id, score(docs), highlight(title) FROM docs WHERE docs @@@ ?"
                + " ORDER BY score(docs) DESC LIMIT "
                + BEST);
    set = connection.prepareStatement("SELECT count(*) FROM docs WHERE docs @@@ ?");
    filtered =
        connection.prepareStatement("SELECT count(*) FROM docs WHERE docs @@@ ? AND category = ?");
  }

  @Override
  public void run() {
    while (!over.getAsBoolean()) {
      switch (random.nextInt(8)) {
        case 0, 1 -> present();
        case 2 -> retired();
        case 3, 4 -> best();
        case 5, 6 -> set();
        default -> filtered();
      }
      LockSupport.parkNanos(pauseNanos);
    }
  }

  private List<Long> ids(String query) throws SQLException {
    if (random.nextBoolean()) {
      point.setString(1, query);
      return ids(point.executeQuery());
    }
    return ids(plain.executeQuery("SELECT id FROM docs WHERE docs @@@ '" + query + "'"));
  }

  private static List<Long> ids(ResultSet rows) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  private void present() {
    int id = facts.someRow(random);
    long token = facts.token(id);
    if (token <= 0) {
      return;
    }
    List<Long> found = log.timed("point", () -> ids("tok" + token));
    if (found == null) {
      return;
    }
    if (facts.token(id) != token) {
      log.unjudged();
    } else if (!found.equals(List.of((long) id))) {
      log.object("tok" + token + " is the token of row " + id + ", but found=" + found);
    }
  }

  private void retired() {
    long token = facts.someRetired(random);
    if (token == 0) {
      return;
    }
    List<Long> found = log.timed("point", () -> ids("tok" + token));
    if (found != null && !found.isEmpty()) {
      log.object("tok" + token + " is no row's token any more, but found=" + found);
    }
  }

  private void best() {
    int topic = random.nextInt(facts.topics());
    SwapFacts.Bounds bounds = facts.ofTopic(topic);
    String query = "topic" + topic + (random.nextBoolean() ? " " + SwapWriter.word(random) : "");
    List<String> wrong = new ArrayList<>();
    Integer count =
        log.timed(
            "best",
            () -> {
              best.setString(1, query);
              double last = Double.MAX_VALUE;
              int rows = 0;
              try (ResultSet found = best.executeQuery()) {
                while (found.next()) {
                  double score = found.getDouble(2);
                  if (!(score > 0 && score <= last)) {
                    wrong.add("score=" + score + " after=" + last);
                  }
                  if (!found.getString(3).contains("topic")) {
                    wrong.add("title=" + found.getString(3));
                  }
                  last = score;
                  rows++;
                }
              }
              return rows;
            });
    if (count != null && (count > BEST || count < Math.min(BEST, bounds.least()))) {
      wrong.add("rows=" + count + " least=" + bounds.least());
    }
    wrong.forEach(w -> log.object("best for '" + query + "': " + w));
  }

  private void set() {
    int topic = random.nextInt(facts.topics());
    SwapFacts.Bounds bounds = facts.ofTopic(topic);
    judge(
        "count of topic" + topic,
        bounds,
        log.timed(
            "set",
            () -> {
              set.setString(1, "topic" + topic);
              return ids(set.executeQuery()).getFirst();
            }));
  }

  private void filtered() {
    int topic = random.nextInt(facts.topics());
    int category = random.nextInt(SwapFacts.CATEGORIES);
    SwapFacts.Bounds bounds = facts.ofCategory(topic, category);
    judge(
        "count of topic" + topic + " in category " + category,
        bounds,
        log.timed(
            "filtered",
            () -> {
              filtered.setString(1, "topic" + topic);
              filtered.setInt(2, category);
              return ids(filtered.executeQuery()).getFirst();
            }));
  }

  private void judge(String what, SwapFacts.Bounds bounds, Long found) {
    String objection = found == null ? null : bounds.objection(found);
    if (objection != null) {
      log.object(what + ": " + objection);
    }
  }
}
