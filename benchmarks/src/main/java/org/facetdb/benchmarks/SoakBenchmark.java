package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.facetdb.Database;
import org.facetdb.DatabaseOptions;
import org.facetdb.Session;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LongVector;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;

/**
 * Mixed load in SQL for a while, with durable commits, within a memory budget: what the process
 * holds and how long writes take, beside bounds. In the end the rows are what the writers were
 * told.
 */
final class SoakBenchmark {
  /**
   * How much is done.
   *
   * @param rows that are loaded before
   * @param nanos how long the load runs
   * @param sampleNanos between two looks at the process
   * @param memoryBytes budget of the database
   */
  record Plan(int rows, long nanos, long sampleNanos, long memoryBytes) {}

  private static final int THREADS = 4;
  private static final int ROWS_PER_COMMIT = 1_000;
  private static final int RANGE = 100;
  private static final Duration RETENTION = Duration.ofSeconds(60);
  private static final double RESIDENT_MEGABYTES_MAX = 1.1 * 1024;
  private static final double WRITE_P999_MILLIS_MAX = 50;
  private static final String BOUND = "bound";

  private final Plan plan;
  private final Path directory;
  private final PrintStream out;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong nextId = new AtomicLong();
  private final AtomicLong operations = new AtomicLong();
  private long loadedSequence;
  private double residentMax;

  SoakBenchmark(Plan plan, Path directory, PrintStream out) {
    this.plan = plan;
    this.directory = directory;
    this.out = out;
  }

  static String heading(Plan plan) {
    return String.format(
        Locale.ROOT,
        "%d rows, %d threads for %d s, budget %d MB, heap at most %d MB, history %d s, Java %s",
        plan.rows(),
        THREADS,
        plan.nanos() / 1_000_000_000,
        plan.memoryBytes() >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        RETENTION.toSeconds(),
        Runtime.version());
  }

  /** What one thread did. */
  private static final class Tally {
    final Histogram writes = new Histogram();
    final Histogram reads = new Histogram();
    final Histogram past = new Histogram();
    long rows;
    long balance;

    boolean isIncomplete() {
      return writes.count() == 0 || reads.count() == 0 || past.count() == 0;
    }
  }

  void run(Consumer<Metric> sink) throws Exception {
    DatabaseOptions options =
        DatabaseOptions.defaults()
            .withPluginFolders(List.of())
            .withMemoryBytes(plan.memoryBytes())
            .withRetention(RETENTION);
    Path folder = Scratch.fresh(directory, "soak");
    Tally sum = new Tally();
    List<Long> open = new ArrayList<>();
    try (Database database = Database.open(folder, options);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      load(database);
      List<Future<Tally>> workers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long seed = i;
        workers.add(threads.submit(() -> work(database, new SplittableRandom(seed))));
      }
      try {
        sample(folder, workers, open);
      } finally {
        over.set(true);
      }
      for (Future<Tally> worker : workers) {
        Tally tally = worker.get();
        sum.writes.addAll(tally.writes);
        sum.reads.addAll(tally.reads);
        sum.past.addAll(tally.past);
        sum.rows += tally.rows;
        sum.balance += tally.balance;
      }
      judgeRows(database, plan.rows() + sum.rows, sum.balance);
    }
    report(sum, open, sink);
  }

  private void load(Database database) {
    try (Session session = database.session()) {
      run(
          session,
          "CREATE TABLE accounts (id bigint PRIMARY KEY, owner integer NOT NULL,"
              + " balance bigint NOT NULL, note text)");
      run(session, "CREATE INDEX accounts_owner ON accounts (owner)");
      PreparedSql insert = session.prepare("INSERT INTO accounts VALUES ($1, $2, 0, $3)");
      SplittableRandom random = new SplittableRandom(plan.rows());
      for (int i = 0; i < plan.rows(); i++) {
        if (i % ROWS_PER_COMMIT == 0) {
          run(session, "BEGIN");
        }
        session.execute(insert, List.of((long) i, owner(i), note(random))).close();
        if ((i + 1) % ROWS_PER_COMMIT == 0 || i + 1 == plan.rows()) {
          run(session, "COMMIT");
        }
      }
      nextId.set(plan.rows());
      loadedSequence = first(session.execute("SELECT facetdb_current_sequence()"));
    }
  }

  private static int owner(long id) {
    return (int) (id / 20);
  }

  private static String note(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int words = random.nextInt(4, 24);
    for (int i = 0; i < words; i++) {
      text.append(Long.toString(random.nextInt(1 << 24), 36)).append(' ');
    }
    return text.toString();
  }

  private static void run(Session session, String sql) {
    session.execute(sql).close();
  }

  /** The statements of one session. */
  private final class Worker implements AutoCloseable {
    private final Session session;
    private final SplittableRandom random;
    private final Tally tally = new Tally();
    private final PreparedSql update;
    private final PreparedSql insert;
    private final PreparedSql delete;
    private final PreparedSql point;
    private final PreparedSql range;
    private final PreparedSql ofOwner;

    Worker(Database database, SplittableRandom random) {
      this.random = random;
      session = database.session();
      update =
          session.prepare("UPDATE accounts SET balance = balance + $1, note = $2 WHERE id = $3");
      insert = session.prepare("INSERT INTO accounts VALUES ($1, $2, 0, $3)");
      delete = session.prepare("DELETE FROM accounts WHERE id = $1 AND balance = 0");
      point = session.prepare("SELECT balance FROM accounts WHERE id = $1");
      range = session.prepare("SELECT sum(balance) FROM accounts WHERE id BETWEEN $1 AND $2");
      ofOwner = session.prepare("SELECT count(*) FROM accounts WHERE owner = $1");
    }

    private long anyId() {
      return random.nextLong(nextId.get());
    }

    void step() {
      int kind = random.nextInt(1_000);
      long start = System.nanoTime();
      if (kind < 550) {
        write(kind);
        tally.writes.add(System.nanoTime() - start);
      } else if (kind < 999) {
        read(kind);
        tally.reads.add(System.nanoTime() - start);
      } else {
        readPast();
        tally.past.add(System.nanoTime() - start);
      }
      operations.incrementAndGet();
    }

    private void write(int kind) {
      if (kind < 450) {
        long amount = random.nextLong(1, 100);
        tally.balance += amount * change(update, List.of(amount, note(random), anyId()));
      } else if (kind < 500) {
        long id = nextId.getAndIncrement();
        tally.rows += change(insert, List.of(id, owner(id), note(random)));
      } else {
        tally.rows -= change(delete, List.of(anyId()));
      }
    }

    private long change(PreparedSql sql, List<Object> parameters) {
      try (Result result = session.execute(sql, parameters)) {
        return result.updateCount();
      }
    }

    private void read(int kind) {
      if (kind < 900) {
        drain(session.execute(point, List.of(anyId())));
      } else if (kind < 980) {
        long from = anyId();
        drain(session.execute(range, List.of(from, from + RANGE - 1)));
      } else {
        drain(session.execute(ofOwner, List.of(owner(anyId()))));
      }
    }

    private void readPast() {
      long sequence = first(session.execute("SELECT facetdb_current_sequence()"));
      long from = anyId();
      drain(
          session.execute(
              String.format(
                  Locale.ROOT,
                  "SELECT count(*) FROM accounts FOR SYSTEM_TIME AS OF SEQUENCE %d"
                      + " WHERE id BETWEEN %d AND %d",
                  Math.max(loadedSequence, sequence - random.nextInt(1_000)),
                  from,
                  from + RANGE)));
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private Tally work(Database database, SplittableRandom random) {
    try (Worker worker = new Worker(database, random)) {
      // A short run on a slow machine may be over before the rarest kind had its turn.
      while (!over.get() || worker.tally.isIncomplete()) {
        worker.step();
      }
      return worker.tally;
    }
  }

  private static void drain(Result result) {
    try (result) {
      while (result.nextBatch() != null) {
        // Only the time counts.
      }
    }
  }

  private static long first(Result result) {
    try (result) {
      Batch batch = result.nextBatch();
      if (batch == null) {
        throw new IllegalStateException("a row was expected");
      }
      return ((LongVector) batch.column(0)).get(batch.row(0));
    }
  }

  /** Looks at the process until the time is over or a worker failed. */
  private void sample(Path folder, List<Future<Tally>> workers, List<Long> open) throws Exception {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < plan.nanos()) {
      long before = operations.get();
      Thread.sleep(Math.max(1, plan.sampleNanos() / 1_000_000));
      for (Future<Tally> worker : workers) {
        if (worker.isDone()) {
          worker.get();
        }
      }
      double resident = residentMegabytes();
      residentMax = Math.max(residentMax, resident);
      long files = openFiles(folder);
      open.add(files);
      out.printf(
          Locale.ROOT,
          "%5d s  %,9.0f statements/s  resident %,7.0f MB  open files %d  on disk %,d MB%n",
          (System.nanoTime() - begin) / 1_000_000_000,
          (operations.get() - before) / (plan.sampleNanos() / 1e9),
          resident,
          files,
          Scratch.bytes(folder, "") >> 20);
      out.flush();
    }
  }

  private static double residentMegabytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0;
      }
    }
    throw new IOException("the system does not say what the process holds");
  }

  /** Open files and mappings of the database. */
  private static long openFiles(Path folder) throws IOException {
    long count = 0;
    try (var handles = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path handle : handles) {
        try {
          count += Files.readSymbolicLink(handle).startsWith(folder.toRealPath()) ? 1 : 0;
        } catch (IOException e) {
          // It was closed meanwhile.
          continue;
        }
      }
    }
    return count;
  }

  private static void judgeRows(Database database, long rows, long balance) {
    try (Session session = database.session()) {
      long counted = first(session.execute("SELECT count(*) FROM accounts"));
      long byOwner = first(session.execute("SELECT count(*) FROM accounts WHERE owner >= 0"));
      long added = first(session.execute("SELECT sum(balance)::bigint FROM accounts"));
      if (counted != rows || byOwner != rows || added != balance) {
        throw new IllegalStateException(
            "the rows are not what was committed: rows="
                + rows
                + " counted="
                + counted
                + " byOwner="
                + byOwner
                + " balance="
                + balance
                + " added="
                + added);
      }
    }
  }

  private void report(Tally sum, List<Long> open, Consumer<Metric> sink) {
    out.printf(
        Locale.ROOT,
        "writes %,d: p50 %.2f ms, p99 %.2f, p999 %.2f, max %.0f; reads %,d: p50 %.3f ms, p99 %.2f,"
            + " p999 %.2f, max %.0f; past %,d%n",
        sum.writes.count(),
        sum.writes.millis(0.5),
        sum.writes.millis(0.99),
        sum.writes.millis(0.999),
        sum.writes.maxMillis(),
        sum.reads.count(),
        sum.reads.millis(0.5),
        sum.reads.millis(0.99),
        sum.reads.millis(0.999),
        sum.reads.maxMillis(),
        sum.past.count());
    sink.accept(
        new Metric("resident set, largest", "MB", residentMax, BOUND, RESIDENT_MEGABYTES_MAX));
    sink.accept(
        new Metric("write, p999", "ms", sum.writes.millis(0.999), BOUND, WRITE_P999_MILLIS_MAX));
    int quarter = open.size() / 4;
    double early = largest(open.subList(quarter, Math.max(quarter + 1, 2 * quarter)));
    double late = largest(open.subList(Math.min(open.size() - 1, 3 * quarter), open.size()));
    sink.accept(new Metric("open files, last quarter", "files", late, "second quarter", early));
  }

  private static double largest(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).max().orElseThrow();
  }
}
