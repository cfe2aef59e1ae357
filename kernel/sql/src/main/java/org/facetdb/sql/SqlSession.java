package org.facetdb.sql;

import java.util.List;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with the database: settings, at most one transaction, and statements one after the
 * other. Used by one thread at a time, but for {@link #cancel}. Every failure is a {@code
 * DatabaseException} with SQLSTATE and, where the text is to blame, its position. Closing it rolls
 * an open transaction back.
 */
public interface SqlSession extends AutoCloseable {
  /** Who the session acts for. */
  String principal();

  /**
   * Cuts a script at its top-level semicolons; empty statements are left out.
   *
   * @throws org.facetdb.spi.DatabaseException 42601 for a string, comment or quoted name that
   *     doesn't end
   */
  List<StatementText> split(String script);

  /** Parses and binds one statement. Doesn't run anything and needs no transaction. */
  PreparedSql prepare(String sql);

  /**
   * Runs a statement prepared by this session. Outside a transaction it commits before this returns
   * (queries: when the result is closed).
   *
   * @param parameters canonical values by position, as {@code Vector.valueAt} gives them; a string
   *     is taken for any type and parsed
   */
  Result execute(PreparedSql sql, List<? extends @Nullable Object> parameters);

  /** Prepares and runs one statement without parameters. */
  default Result execute(String sql) {
    return execute(prepare(sql), List.of());
  }

  /** True between BEGIN and COMMIT or ROLLBACK, also after a failure within. */
  boolean inTransaction();

  /** True when the open transaction failed and takes nothing but ROLLBACK (25P02). */
  boolean inFailedTransaction();

  /** The catalog as the open transaction sees it, else as last committed. */
  @SuppressWarnings("exports") // for the engine, to which the package is exported
  CatalogSnapshot catalog();

  /** The value of a setting as SHOW prints it. */
  String setting(String name);

  /**
   * Whether it takes statements: not once it is closed, nor when it was ended because it was idle
   * in a transaction for longer than {@code idle_in_transaction_session_timeout}. In that case the
   * next statement fails with 25P03, and those after it with 08003.
   */
  boolean isOpen();

  /** Stops the statement that runs now, if any, with 57014. Called by any thread. */
  void cancel();

  @Override
  void close();
}
