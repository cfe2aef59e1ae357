package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.PluginSource;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.sql.SqlSession;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.jspecify.annotations.Nullable;

/** A database for a test, with one session and terse calls. */
final class TestDatabase implements AutoCloseable {
  private final Store store;
  private final SqlDatabase database;
  private final SqlSession session;

  private TestDatabase(Store store, SqlOptions options) {
    this(store, options, PluginSource.none("There are no plug-ins in this test."));
  }

  private TestDatabase(Store store, SqlOptions options, PluginSource plugins) {
    this.store = store;
    this.database = SqlDatabase.open(store, options.withDurability(Durability.NONE), plugins);
    this.session = database.session("tester");
  }

  static TestDatabase inMemory() {
    return new TestDatabase(
        Stores.openInMemory(StoreOptions.defaults()), SqlOptions.defaults("test"));
  }

  /** With a clock of the test's. */
  static TestDatabase inMemory(InstantSource clock) {
    return new TestDatabase(
        Stores.openInMemory(StoreOptions.defaults().withClock(clock)),
        SqlOptions.defaults("test").withClock(clock));
  }

  /** With a limit of a statement's memory. */
  static TestDatabase withStatementMemory(long bytes) {
    return new TestDatabase(
        Stores.openInMemory(StoreOptions.defaults()),
        SqlOptions.defaults("test").withStatementMemory(bytes));
  }

  /** With plug-ins of the test's. */
  static TestDatabase inMemory(PluginSource plugins) {
    return new TestDatabase(
        Stores.openInMemory(StoreOptions.defaults().withChangeLog(true)),
        SqlOptions.defaults("test"),
        plugins);
  }

  static TestDatabase at(Path directory) {
    return new TestDatabase(
        Stores.open(directory, StoreOptions.defaults()), SqlOptions.defaults("test"));
  }

  Store store() {
    return store;
  }

  SqlSession session() {
    return session;
  }

  SqlSession newSession() {
    return database.session("another");
  }

  /** Runs statements and gives the last one's tag. */
  String run(String script) {
    return run(session, script);
  }

  static String run(SqlSession session, String script) {
    String tag = "";
    for (var statement : session.split(script)) {
      try (Result result = session.execute(statement.sql())) {
        while (result.nextBatch() != null) {
          // The tag counts what was read.
        }
        tag = result.commandTag();
      }
    }
    return tag;
  }

  /** The rows as text, columns separated by bars, NULL as `null`. */
  List<String> rows(String sql, Object... parameters) {
    return rows(session, sql, parameters);
  }

  static List<String> rows(SqlSession session, String sql, @Nullable Object... parameters) {
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(session.prepare(sql), Arrays.asList(parameters))) {
      for (Batch batch = result.nextBatch(); batch != null; batch = result.nextBatch()) {
        for (int k = 0; k < batch.selectedCount(); k++) {
          StringBuilder text = new StringBuilder();
          for (int c = 0; c < batch.columnCount(); c++) {
            Vector column = batch.column(c);
            text.append(c == 0 ? "" : "|").append(column.type().formatAt(column, batch.row(k)));
          }
          rows.add(text.toString());
        }
      }
    }
    return rows;
  }

  /** Runs a statement that must fail with a SQLSTATE. */
  DatabaseException fails(String sqlState, String sql) {
    return fails(session, sqlState, sql);
  }

  static DatabaseException fails(SqlSession session, String sqlState, String sql) {
    DatabaseException e = assertThrows(DatabaseException.class, () -> run(session, sql), sql);
    assertEquals(sqlState, e.sqlState(), sql + ": " + e.getMessage());
    return e;
  }

  @Override
  public void close() {
    session.close();
    store.close();
  }
}
