package org.facetdb;

import java.util.Arrays;
import java.util.List;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.StatementText;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with a database. Used by one thread at a time, but for {@link #cancel}. Every
 * failure is a {@link org.facetdb.spi.DatabaseException}. Closing it rolls an open transaction
 * back.
 */
public final class Session implements AutoCloseable {
  private final Database database;
  private final SqlSession sql;

  Session(Database database, SqlSession sql) {
    this.database = database;
    this.sql = sql;
  }

  /** Who the session acts for. */
  public String principal() {
    return sql.principal();
  }

  /** What {@code current_database()} says. */
  public String databaseName() {
    return database.name();
  }

  /** Cuts a script at its top-level semicolons. */
  public List<StatementText> split(String script) {
    return sql.split(script);
  }

  /** Parses and binds one statement, to be run any number of times by this session. */
  public PreparedSql prepare(String statement) {
    return sql.prepare(statement);
  }

  /**
   * Runs a prepared statement. The caller closes the result.
   *
   * @param parameters canonical values by position; a string is taken for any type and parsed
   */
  public Result execute(PreparedSql statement, List<? extends @Nullable Object> parameters) {
    return sql.execute(statement, parameters);
  }

  /** Prepares and runs one statement. The caller closes the result. */
  public Result execute(String statement, @Nullable Object... parameters) {
    return sql.execute(sql.prepare(statement), Arrays.asList(parameters));
  }

  /**
   * The value of a setting as SHOW prints it.
   *
   * @throws DatabaseException 42704 if there is none of the name
   */
  public String setting(String name) {
    return sql.setting(name);
  }

  public boolean inTransaction() {
    return sql.inTransaction();
  }

  /**
   * Whether it takes statements: not once it is closed, nor when it was ended because it was idle
   * in a transaction for too long, of which the next statement is told (25P03).
   */
  public boolean isOpen() {
    return sql.isOpen();
  }

  /** The catalog as this session sees it now; for metadata within the kernel. */
  @SuppressWarnings("exports")
  public CatalogSnapshot catalog() {
    return sql.catalog();
  }

  /** Stops the statement that runs now, if any, with 57014. Called by any thread. */
  public void cancel() {
    sql.cancel();
  }

  @Override
  public void close() {
    database.ended(this);
    sql.close();
  }
}
