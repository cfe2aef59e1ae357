package org.facetdb.cli.isolation;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the orders of a specification on a database, and says what each step did: its rows and
 * counts, its SQLSTATE, or that it waits, and for which step it went on.
 */
final class IsolationRunner implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  /** Opens a connection. */
  interface Source {
    Connection open() throws SQLException;
  }

  private final Source source;
  private final Connection control;

  /** What a step that begins to wait is given, so that a search for deadlocks is behind it. */
  private final Duration pause;

  private final List<String> perSession;

  IsolationRunner(Source source, Duration pause, List<String> perSession) throws SQLException {
    this.source = source;
    this.control = source.open();
    this.pause = pause;
    this.perSession = perSession;
  }

  /** A session at work. */
  private final class Worker implements AutoCloseable {
    private final IsolationSpec.SessionSpec spec;
    private final Connection connection;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final String id;
    private String step = "";
    private @Nullable Future<String> running;

    Worker(IsolationSpec.SessionSpec spec) throws Exception {
      this.spec = spec;
      this.connection = source.open();
      this.id = perform(connection, List.of("SELECT pg_backend_pid()")).strip();
      perform(connection, perSession);
    }

    boolean isBusy() {
      return running != null;
    }

    void begin(String name) {
      step = name;
      List<String> statements = Objects.requireNonNull(spec.steps().get(name));
      running = thread.submit(() -> outcome(connection, statements));
    }

    /**
     * Whether it came to its end, rather than to wait for a lock: asked again and again, since
     * nobody tells when a session begins to wait.
     */
    boolean endsOrWaits() throws Exception {
      long begin = System.nanoTime();
      String waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = " + id;
      Future<String> at = work();
      while (!at.isDone()) {
        if (perform(control, List.of(waiting)).strip().equals("1") && !at.isDone()) {
          Thread.sleep(pause);
          if (!at.isDone() && perform(control, List.of(waiting)).strip().equals("1")) {
            return false;
          }
        }
        if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
          throw new IllegalStateException("neither ends nor waits: " + step);
        }
        Thread.sleep(1);
      }
      return true;
    }

    private Future<String> work() {
      Future<String> at = running;
      if (at == null) {
        throw new IllegalStateException("no step is running");
      }
      return at;
    }

    String end() throws Exception {
      Future<String> ended = work();
      running = null;
      return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws SQLException {
      thread.shutdown();
      connection.close();
    }
  }

  /** What the steps of each order did. */
  Map<List<String>, List<String>> run(IsolationSpec spec) throws Exception {
    Map<List<String>, List<String>> outcomes = new LinkedHashMap<>();
    for (List<String> order : spec.permutations()) {
      perform(control, spec.setup());
      try {
        outcomes.put(order, run(spec, order));
      } finally {
        perform(control, spec.teardown());
      }
    }
    return outcomes;
  }

  private List<String> run(IsolationSpec spec, List<String> order) throws Exception {
    List<Worker> workers = new ArrayList<>();
    try {
      for (IsolationSpec.SessionSpec session : spec.sessions()) {
        workers.add(new Worker(session));
      }
      for (Worker worker : workers) {
        perform(worker.connection, worker.spec.setup());
      }
      List<String> outcomes = new ArrayList<>();
      List<String> left = new ArrayList<>(order);
      while (!left.isEmpty()) {
        String step = next(workers, left);
        Worker worker = owner(workers, step);
        left.remove(step);
        worker.begin(step);
        if (worker.endsOrWaits()) {
          outcomes.add(step + ": " + worker.end());
        } else {
          outcomes.add(step + ": waits");
        }
        settle(workers, outcomes);
      }
      for (Worker worker : workers) {
        if (worker.isBusy()) {
          throw new IllegalStateException("waits at the end: " + worker.step + " " + outcomes);
        }
      }
      for (Worker worker : workers) {
        perform(worker.connection, worker.spec.teardown());
      }
      return outcomes;
    } finally {
      for (Worker worker : workers) {
        worker.close();
      }
    }
  }

  /** The first step of a session that does not wait: others come when theirs has gone on. */
  private static String next(List<Worker> workers, List<String> left) {
    for (String step : left) {
      if (!owner(workers, step).isBusy()) {
        return step;
      }
    }
    throw new IllegalStateException("all sessions wait: " + left);
  }

  private static Worker owner(List<Worker> workers, String step) {
    for (Worker worker : workers) {
      if (worker.spec.steps().containsKey(step)) {
        return worker;
      }
    }
    throw new IllegalArgumentException("no such step: " + step);
  }

  /** Notes which of those who waited go on. */
  private static void settle(List<Worker> workers, List<String> outcomes) throws Exception {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Worker worker : workers) {
        if (worker.isBusy() && worker.endsOrWaits()) {
          outcomes.add(worker.step + " <- " + worker.end());
          changed = true;
        }
      }
    }
  }

  private static String outcome(Connection connection, List<String> statements) {
    try {
      return perform(connection, statements);
    } catch (SQLException e) {
      return "ERROR " + e.getSQLState();
    }
  }

  /** The rows and counts of statements. */
  private static String perform(Connection connection, List<String> statements)
      throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement jdbc = connection.createStatement()) {
      for (String sql : statements) {
        boolean rows = jdbc.execute(sql);
        if (rows) {
          try (ResultSet result = jdbc.getResultSet()) {
            append(result, text);
          }
        } else if (jdbc.getUpdateCount() > 0) {
          text.append(' ').append(jdbc.getUpdateCount()).append(" changed");
        }
      }
    }
    return text.toString();
  }

  private static void append(ResultSet result, StringBuilder text) throws SQLException {
    int columns = result.getMetaData().getColumnCount();
    while (result.next()) {
      for (int i = 1; i <= columns; i++) {
        text.append(i == 1 ? " " : "|").append(result.getString(i));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    control.close();
  }
}
