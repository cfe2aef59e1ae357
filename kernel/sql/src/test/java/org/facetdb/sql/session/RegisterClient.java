package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.session.ListHistory.End;
import org.facetdb.sql.session.RegisterHistory.Op;
import org.facetdb.sql.session.RegisterHistory.Read;
import org.facetdb.sql.session.RegisterHistory.Transaction;
import org.facetdb.sql.session.RegisterHistory.Version;
import org.facetdb.sql.session.RegisterHistory.Write;

/**
 * A session that reads and writes registers in random transactions and says what it does in lines,
 * so that whoever reads them knows what was under way when the process died. Used by one thread;
 * the counter and the journal are shared by all clients.
 *
 * <pre>
 * begin 7              before anything is done
 * undo 7 w3=11         written, and rolled back to a savepoint
 * try 7 r1=5,2=6 w1=9  before COMMIT; l is a read FOR UPDATE
 * commit 7             after it
 * abort 7 r1=5         after ROLLBACK
 * </pre>
 */
final class RegisterClient {
  static final int REGISTERS = 6;

  /** Sequences that are read one by one, whether or not their ends are the same. */
  private static final int STRIDE = 500;

  private static final String SELECT = "select id, v from registers";

  private final SqlSession session;
  private final String level;
  private final SplittableRandom random;
  private final AtomicLong numbers;
  private final Consumer<String> journal;

  /**
   * A client.
   *
   * @param numbers gives transactions their numbers and writes their values
   */
  RegisterClient(
      SqlSession session,
      String level,
      SplittableRandom random,
      AtomicLong numbers,
      Consumer<String> journal) {
    this.session = session;
    this.level = level;
    this.random = random;
    this.numbers = numbers;
    this.journal = journal;
  }

  static void create(TestDatabase db) {
    db.run("create table registers (id int primary key, v bigint not null) with system versioning");
    String row = "(%d, " + RegisterHistory.INITIAL + ")";
    List<String> rows = new ArrayList<>();
    for (int id = 0; id < REGISTERS; id++) {
      rows.add(row.formatted(id));
    }
    db.run("insert into registers values " + String.join(", ", rows));
  }

  /**
   * Adds to the versions of the registers those that commits brought from a sequence on, at which
   * the table was there.
   *
   * @return the last sequence
   */
  static long addVersions(TestDatabase db, long from, Map<Integer, List<Version>> versions) {
    long last = db.store().lastSequence();
    add(db, from, last, versions);
    return last;
  }

  /** After a crash a store leaves out about a million sequences, in which nothing changes. */
  private static void add(
      TestDatabase db, long from, long to, Map<Integer, List<Version>> versions) {
    if (to - from > STRIDE) {
      if (!rowsAt(db, from).equals(rowsAt(db, to))) {
        long middle = (from + to) >>> 1;
        add(db, from, middle, versions);
        add(db, middle, to, versions);
      }
      return;
    }
    for (long sequence = from; sequence <= to; sequence++) {
      for (String row : rowsAt(db, sequence)) {
        String[] words = row.split("\\|");
        List<Version> all =
            versions.computeIfAbsent(Integer.valueOf(words[0]), id -> new ArrayList<>());
        long value = Long.parseLong(words[1]);
        if (all.isEmpty() || all.getLast().value() != value) {
          all.add(new Version(sequence, value));
        }
      }
    }
  }

  private static List<String> rowsAt(TestDatabase db, long sequence) {
    return db.rows(SELECT + " for system_time as of sequence " + sequence);
  }

  void transact() {
    long number = numbers.incrementAndGet();
    journal.accept("begin " + number);
    List<String> ops = new ArrayList<>();
    TestDatabase.run(session, "begin isolation level " + level);
    try {
      for (int op = random.nextInt(1, 5); op > 0; op--) {
        step(number, ops);
      }
      if (random.nextInt(10) > 0) {
        journal.accept("try " + number + " " + String.join(" ", ops));
        TestDatabase.run(session, "commit");
        journal.accept("commit " + number);
        return;
      }
    } catch (DatabaseException e) {
      if (!e.sqlState().startsWith("40")) {
        journal.accept("fault " + e.sqlState() + " " + e.getMessage());
        throw e;
      }
    }
    TestDatabase.run(session, "rollback");
    journal.accept("abort " + number + " " + String.join(" ", ops));
  }

  private void step(long number, List<String> ops) {
    int register = random.nextInt(REGISTERS);
    switch (random.nextInt(10)) {
      case 0 -> read(ops, 'r', "");
      case 1 -> read(ops, 'r', " where id in (" + register + ", " + (register + 1) + ")");
      case 2, 3, 4 -> read(ops, 'r', " where id = " + register);
      case 5 -> {
        read(ops, 'r', " where id = " + register);
        write(ops, register);
      }
      case 6 -> {
        read(ops, 'l', " where id = " + register + " for update");
        write(ops, register);
      }
      case 7 -> {
        List<String> undone = new ArrayList<>();
        TestDatabase.run(session, "savepoint s");
        write(undone, register);
        TestDatabase.run(session, "rollback to savepoint s");
        journal.accept("undo " + number + " " + undone.getFirst());
      }
      default -> write(ops, register);
    }
  }

  private void read(List<String> ops, char kind, String where) {
    ops.add(
        kind
            + String.join(
                ",",
                TestDatabase.rows(session, SELECT + where).stream()
                    .map(row -> row.replace('|', '='))
                    .toList()));
  }

  private void write(List<String> ops, int register) {
    long value = numbers.incrementAndGet();
    ops.add("w" + register + "=" + value);
    TestDatabase.run(session, "update registers set v = " + value + " where id = " + register);
  }

  /**
   * Adds to a history what a journal says.
   *
   * @param since how many lines came before, so that moments ascend from journal to journal
   */
  static void addTo(RegisterHistory history, List<String> lines, long since) {
    Map<String, Long> begun = new HashMap<>();
    Map<String, List<Op>> tried = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String[] words = lines.get(i).split(" ");
      String number = words[1];
      long begin = begun.computeIfAbsent(number, n -> RegisterHistory.NEVER);
      switch (words[0]) {
        case "begin" -> begun.put(number, since + i);
        case "try" -> tried.put(number, ops(words));
        case "commit" -> {
          List<Op> ops = tried.remove(number);
          if (ops == null) {
            throw new IllegalArgumentException("committed, but not tried: " + lines.get(i));
          }
          history.add(new Transaction(begin, since + i, ops, End.COMMITTED));
        }
        case "undo", "abort" -> {
          tried.remove(number);
          history.add(new Transaction(begin, RegisterHistory.NEVER, ops(words), End.ABORTED));
        }
        default -> throw new IllegalArgumentException(lines.get(i));
      }
    }
    tried.forEach(
        (number, ops) ->
            history.add(
                new Transaction(
                    begun.getOrDefault(number, RegisterHistory.NEVER),
                    RegisterHistory.NEVER,
                    ops,
                    End.UNKNOWN)));
  }

  private static List<Op> ops(String[] words) {
    return Arrays.stream(words).skip(2).map(RegisterClient::op).toList();
  }

  private static Op op(String word) {
    Map<Integer, Long> values = new HashMap<>();
    for (String pair : word.substring(1).split(",")) {
      String[] sides = pair.split("=");
      values.put(Integer.valueOf(sides[0]), Long.valueOf(sides[1]));
    }
    if (word.charAt(0) == 'w') {
      Map.Entry<Integer, Long> write = values.entrySet().iterator().next();
      return new Write(write.getKey(), write.getValue());
    }
    return new Read(values, word.charAt(0) == 'l');
  }
}
