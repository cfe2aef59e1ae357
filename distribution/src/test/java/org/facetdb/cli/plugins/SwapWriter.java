package org.facetdb.cli.plugins;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Changes its own rows at an even pace, one row in each transaction: inserts, updates of the
 * indexed columns, updates of others, deletes. Used by one thread.
 */
final class SwapWriter implements Runnable {
  private static final String[] WORDS =
      "amber basin cedar delta ember fjord grove haven inlet juniper kelp lagoon meadow north ocean"
          .split(" ");

  private final SwapFacts facts;
  private final SwapLog log;
  private final SplittableRandom random;
  private final long intervalNanos;
  private final BooleanSupplier over;
  private final List<Integer> present = new ArrayList<>();
  private final ArrayDeque<Integer> absent = new ArrayDeque<>();
  private final PreparedStatement insert;
  private final PreparedStatement update;
  private final PreparedStatement touch;
  private final PreparedStatement delete;

  /**
   * @param first the first of its rows
   * @param step from one of its rows to the next
   */
  SwapWriter(
      Connection connection,
      SwapFacts facts,
      SwapLog log,
      SplittableRandom random,
      int first,
      int step,
      long intervalNanos,
      BooleanSupplier over)
      throws SQLException {
    this.facts = facts;
    this.log = log;
    this.random = random;
    this.intervalNanos = intervalNanos;
    this.over = over;
    for (int id = first; id <= facts.rows(); id += step) {
      if (facts.token(id) == 0) {
        absent.add(id);
      } else {
        present.add(id);
      }
    }
    insert =
        connection.prepareStatement(
            "INSERT INTO docs (title, body, category, note, id) VALUES (?, ?, ?, 'new', ?)");
    update =
        connection.prepareStatement(
            "UPDATE docs SET title = ?, body = ?, category = ? WHERE id = ?");
    touch = connection.prepareStatement("UPDATE docs SET category = ?, note = ? WHERE id = ?");
    delete = connection.prepareStatement("DELETE FROM docs WHERE id = ?");
  }

  static String title(SplittableRandom random, SwapFacts.Content content) {
    return "topic" + content.topic() + " " + word(random);
  }

  static String body(SplittableRandom random, long token) {
    StringBuilder text = new StringBuilder("tok" + token);
    int words = random.nextInt(4, 16);
    for (int i = 0; i < words; i++) {
      text.append(' ').append(word(random));
    }
    return text.toString();
  }

  static String word(SplittableRandom random) {
    return WORDS[Math.min(random.nextInt(WORDS.length), random.nextInt(WORDS.length))];
  }

  static SwapFacts.Content content(SplittableRandom random, SwapFacts facts) {
    return new SwapFacts.Content(
        random.nextInt(facts.topics()), random.nextInt(SwapFacts.CATEGORIES));
  }

  @Override
  public void run() {
    long due = System.nanoTime();
    while (!over.getAsBoolean()) {
      long now = System.nanoTime();
      if (now < due) {
        LockSupport.parkNanos(due - now);
        continue;
      }
      change();
      due += intervalNanos;
    }
  }

  private void change() {
    int kind = random.nextInt(100);
    if (present.isEmpty() || kind < 25 && !absent.isEmpty()) {
      insert();
    } else if (kind < 50) {
      delete();
    } else if (kind < 80) {
      update();
    } else {
      touch();
    }
  }

  private int somePresent() {
    return present.get(random.nextInt(present.size()));
  }

  private void insert() {
    int id = absent.remove();
    if (rewrite("insert", insert, id)) {
      present.add(id);
    }
  }

  private void update() {
    rewrite("update", update, somePresent());
  }

  private boolean rewrite(String kind, PreparedStatement statement, int id) {
    long token = facts.nextToken();
    SwapFacts.Content content = content(random, facts);
    SwapFacts.Change change = facts.begin(id, token, content);
    return run(
        kind,
        change,
        () -> {
          statement.setString(1, title(random, content));
          statement.setString(2, body(random, token));
          statement.setInt(3, content.category());
          statement.setLong(4, id);
          return statement.executeUpdate();
        });
  }

  private void touch() {
    int id = somePresent();
    SwapFacts.Content content =
        new SwapFacts.Content(facts.content(id).topic(), random.nextInt(SwapFacts.CATEGORIES));
    SwapFacts.Change change = facts.begin(id, facts.token(id), content);
    run(
        "touch",
        change,
        () -> {
          touch.setInt(1, content.category());
          touch.setString(2, "note " + random.nextInt());
          touch.setLong(3, id);
          return touch.executeUpdate();
        });
  }

  private void delete() {
    int at = random.nextInt(present.size());
    int id = present.get(at);
    SwapFacts.Change change = facts.begin(id, 0, null);
    boolean gone =
        run(
            "delete",
            change,
            () -> {
              delete.setLong(1, id);
              return delete.executeUpdate();
            });
    if (gone) {
      present.set(at, present.getLast());
      present.removeLast();
      absent.add(id);
    }
  }

  private boolean run(String kind, SwapFacts.Change change, SwapLog.Statement<Integer> statement) {
    Integer count = log.timed(kind, statement);
    if (count == null) {
      return false;
    }
    if (count != 1) {
      log.object(kind + " changed " + count + " rows");
    }
    change.acknowledged();
    return true;
  }
}
