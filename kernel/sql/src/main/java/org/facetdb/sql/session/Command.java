package org.facetdb.sql.session;

import java.util.List;
import java.util.Map;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.storage.lock.LockMode;

/** A statement bound to a schema. Belongs to one session. */
interface Command {
  /** The columns of its result. */
  default List<ResultColumn> columns() {
    return List.of();
  }

  /** The types of its parameters. */
  default List<LogicalType> parameterTypes() {
    return List.of();
  }

  /** False if it must be bound anew for the next execution. */
  default boolean reusable() {
    return true;
  }

  /** The tables that it needs locked before it runs, by id. */
  default Map<Integer, LockMode> locks() {
    return Map.of();
  }

  /** True if it needs a transaction that may write. */
  boolean writes();

  /** The name that errors and tags have for it, such as {@code CREATE TABLE}. */
  String name();

  /** The plan as EXPLAIN prints it; 0A000 for a statement without one. */
  default String explain() {
    throw org.facetdb.spi.DatabaseException.unsupported(
        "EXPLAIN of " + name() + " is not supported");
  }

  /** Runs it. A result that reads on keeps the execution and closes it; others leave it. */
  Result run(Execution execution);
}
