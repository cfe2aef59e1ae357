package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.facetdb.peers.PostgresServer;

/**
 * Transactions that want the same rows, by 1, 8 and 64 sessions, each commit on the device before
 * it returns: embedded, beside PostgreSQL on this machine's loopback and H2 embedded. A transaction
 * that is refused counts as aborted, and its session goes on with another.
 */
final class ContentionBenchmark {
  private static final int[] SESSIONS = {1, 8, 64};
  private static final String RETRY_CLASS = "40";

  private final int rounds;
  private final long nanos;
  private final List<Workload> workloads;
  private final Path directory;
  private final PrintStream out;
  private long seed = 1;

  /**
   * A run.
   *
   * @param nanos how long each round of a side takes
   * @param out gets the shares of aborted transactions
   */
  ContentionBenchmark(
      int rounds, long nanos, List<Workload> workloads, Path directory, PrintStream out) {
    this.rounds = rounds;
    this.nanos = nanos;
    this.workloads = workloads;
    this.directory = directory;
    this.out = out;
  }

  /** A database behind JDBC. */
  private record Side(String name, String url) {
    Connection connect() throws SQLException {
      return DriverManager.getConnection(url);
    }
  }

  private static Side side(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      var meta = connection.getMetaData();
      return new Side(meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion(), url);
    }
  }

  void run(Consumer<Metric> sink) throws Exception {
    Path programs =
        PostgresServer.programs()
            .orElseThrow(() -> new IOException("no PostgreSQL server is installed: postgresql-15"));
    // The server runs as another user, who has to get to its folder.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    for (Workload workload : workloads) {
      String name = workload.name().replaceAll("\\W", "").toLowerCase(Locale.ROOT);
      Path ours = Scratch.fresh(directory, "facetdb-" + name);
      Path h2 = Scratch.fresh(directory, "h2-" + name);
      try (PostgresServer postgres =
          PostgresServer.start(
              Scratch.fresh(directory, "postgres-" + name),
              programs,
              "max_connections=100",
              "shared_buffers=512MB")) {
        List<Side> sides =
            List.of(
                new Side("ours", "jdbc:facetdb:" + ours),
                side(postgres.url()),
                side("jdbc:h2:" + h2.resolve("db") + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000"));
        measure(workload, sides, sink);
      }
    }
  }

  private void measure(Workload workload, List<Side> sides, Consumer<Metric> sink)
      throws Exception {
    List<Connection> open = new ArrayList<>();
    try {
      for (Side side : sides) {
        Connection connection = side.connect();
        open.add(connection); // keeps an embedded database open
        workload.load(connection);
      }
      for (int sessions : SESSIONS) {
        measure(workload, sides, sessions, sink);
      }
      for (Connection connection : open) {
        workload.check(connection);
      }
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  private void measure(Workload workload, List<Side> sides, int sessions, Consumer<Metric> sink)
      throws Exception {
    double[][] rates = new double[sides.size()][rounds];
    long[] committed = new long[sides.size()];
    long[] aborted = new long[sides.size()];
    for (int round = -1; round < rounds; round++) {
      for (int k = 0; k < sides.size(); k++) {
        int side = Math.floorMod(k + round, sides.size());
        Counts counts = transact(workload, sides.get(side), sessions);
        if (round >= 0) {
          rates[side][round] = counts.committed * 1e9 / nanos;
          committed[side] += counts.committed;
          aborted[side] += counts.aborted;
        }
      }
    }
    String name = workload.name() + ", " + (sessions == 1 ? "1 session" : sessions + " sessions");
    for (int side = 1; side < sides.size(); side++) {
      sink.accept(
          new Metric(
              name,
              "tx/s",
              Rounds.median(rates[0]),
              sides.get(side).name(),
              Rounds.median(rates[side])));
    }
    StringBuilder shares = new StringBuilder(name).append(", aborted:");
    for (int side = 0; side < sides.size(); side++) {
      double share = 100.0 * aborted[side] / Math.max(1, committed[side] + aborted[side]);
      shares.append(String.format(Locale.ROOT, " %s %.2f %%", sides.get(side).name(), share));
    }
    out.println(shares);
  }

  /** What a round of a side came to. */
  private record Counts(long committed, long aborted) {}

  private Counts transact(Workload workload, Side side, int sessions) throws Exception {
    CountDownLatch ready = new CountDownLatch(sessions);
    List<Callable<Counts>> workers = new ArrayList<>();
    for (int s = 0; s < sessions; s++) {
      long own = seed++;
      workers.add(
          () -> {
            try (Connection connection = side.connect()) {
              connection.setAutoCommit(false);
              Workload.Client client = workload.client(connection, own);
              ready.countDown();
              ready.await();
              return work(connection, client);
            }
          });
    }
    long committed = 0;
    long aborted = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(sessions)) {
      for (Future<Counts> done : threads.invokeAll(workers)) {
        committed += done.get().committed;
        aborted += done.get().aborted;
      }
    }
    return new Counts(committed, aborted);
  }

  private Counts work(Connection connection, Workload.Client client) throws SQLException {
    long committed = 0;
    long aborted = 0;
    for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
      try {
        client.run();
        connection.commit();
        committed++;
      } catch (SQLException e) {
        if (!isRefusal(e)) {
          throw e;
        }
        connection.rollback();
        aborted++;
      }
    }
    return new Counts(committed, aborted);
  }

  /** A deadlock or a lost conflict; H2 has states of its own for a wait that took too long. */
  private static boolean isRefusal(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith(RETRY_CLASS) || state.equals("HYT00"));
  }
}
