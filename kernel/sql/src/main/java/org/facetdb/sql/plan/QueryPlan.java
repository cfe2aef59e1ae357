package org.facetdb.sql.plan;

import java.util.List;
import java.util.Map;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.exec.Operator;
import org.facetdb.storage.lock.LockMode;

/**
 * An executable query: what it returns and how to run it.
 *
 * <p>Immutable and thread-safe, so that a plan cache may share it. Every execution takes its own
 * operator tree from {@link #instantiate}, which the caller owns and closes.
 */
public interface QueryPlan {
  /** The result's columns in order, without hidden ones. */
  List<ResultColumn> columns();

  /** The types of the parameters by position; a parameter whose type nothing decides is text. */
  List<LogicalType> parameterTypes();

  /** A fresh operator tree; costs no planning. */
  Operator instantiate();

  /** The operators as an indented tree, one per line, as EXPLAIN prints it. */
  String explain();

  /** The tables that it reads at present, by id, and that nobody may change meanwhile. */
  Map<Integer, LockMode> locks();

  /** False where the plan holds a value that another execution must compute anew. */
  boolean reusable();

  /** A run of the plan that counts rows and time of every operator, for EXPLAIN ANALYZE. */
  Analysis analyze();

  /** One counted run. Used by one thread. */
  interface Analysis {
    /** The operator tree, to be run once and closed by the caller. */
    Operator operator();

    /** The tree with what was counted so far. */
    String explain();
  }
}
