package org.facetdb.sql;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave. Rows come batch by batch while the statement runs. Used by the session's
 * thread; must be closed, which ends an autocommit statement's snapshot.
 */
public interface Result extends AutoCloseable {
  /** The columns; empty where the statement returns no rows. */
  List<ResultColumn> columns();

  /**
   * The next rows, never empty.
   *
   * @return {@code null} at the end; the batch is valid until the next call
   */
  @Nullable Batch nextBatch();

  /** Rows inserted, updated, deleted or copied; -1 where the statement doesn't count. */
  long updateCount();

  /**
   * The command tag as PostgreSQL prints it: {@code INSERT 0 1}, {@code SELECT 3}, {@code CREATE
   * TABLE}. The count of a query is right once all its batches were taken.
   */
  String commandTag();

  /** What the statement has to say beside that, in its order; empty where it has nothing. */
  default List<Notice> notices() {
    return List.of();
  }

  @Override
  void close();
}
