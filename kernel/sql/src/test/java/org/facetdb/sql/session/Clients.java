package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.jspecify.annotations.Nullable;

/** Clients of one database whose statements may wait for one another, each on a thread. */
final class Clients implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final TestDatabase db;
  private final List<Client> clients = new ArrayList<>();

  Clients(TestDatabase db) {
    this.db = db;
  }

  Client client() {
    Client client = new Client(db.newSession());
    clients.add(client);
    return client;
  }

  /** One client, which does one thing after the other. */
  final class Client {
    private final SqlSession session;
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final int id;
    private @Nullable Future<String> pending;

    Client(SqlSession session) {
      this.session = session;
      this.id = Integer.parseInt(rows("select pg_backend_pid()").getFirst());
    }

    int id() {
      return id;
    }

    private <T> T now(Callable<T> action) {
      assertNull(pending, "a statement is still running");
      return get(thread.submit(action));
    }

    private static <T> T get(Future<T> future) {
      try {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException known
            ? known
            : new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        return fail("a statement waits that should not");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Runs statements that wait for nobody, and gives the last one's tag. */
    String run(String script) {
      return now(() -> TestDatabase.run(session, script));
    }

    List<String> rows(String sql) {
      return now(() -> TestDatabase.rows(session, sql));
    }

    /** Runs a statement that fails at once. */
    DatabaseException fails(String sqlState, String sql) {
      return now(() -> TestDatabase.fails(session, sqlState, sql));
    }

    /** Begins a statement, and returns once it waits for a lock. */
    void waits(String sql) {
      assertNull(pending, "a statement is still running");
      Future<String> begun = thread.submit(() -> TestDatabase.run(session, sql));
      pending = begun;
      String waiting = "select count(*) from pg_locks where not granted and pid = " + id;
      long begin = System.nanoTime();
      while (!db.rows(waiting).equals(List.of("1"))) {
        assertFalse(begun.isDone(), () -> "does not wait: " + sql + " " + outcome(begun));
        if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
          fail("neither ends nor waits for a lock: " + sql);
        }
        Thread.onSpinWait();
      }
    }

    private static String outcome(Future<String> done) {
      return done.state() == Future.State.SUCCESS
          ? done.resultNow()
          : String.valueOf(done.exceptionNow());
    }

    /** The tag of the statement that waited, which comes to its end now. */
    String goesOn() {
      Future<String> begun = pending;
      pending = null;
      return begun == null ? fail("no statement is running") : get(begun);
    }

    /** The statement that waited fails now. */
    DatabaseException goesWrong(String sqlState) {
      try {
        return fail("it should fail: " + goesOn());
      } catch (DatabaseException e) {
        assertEquals(sqlState, e.sqlState(), e.getMessage());
        return e;
      }
    }

    void assertWaits() {
      Future<String> begun = pending;
      assertFalse(begun == null || begun.isDone(), "it should wait still");
    }

    void cancel() {
      session.cancel();
    }

    private void end() {
      session.cancel();
      thread.submit(session::close);
      thread.close();
    }
  }

  @Override
  public void close() {
    clients.forEach(Client::end);
  }
}
