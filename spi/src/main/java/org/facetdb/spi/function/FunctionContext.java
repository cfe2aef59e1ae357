package org.facetdb.spi.function;

/** What a statement tells the functions that it calls. Used by the statement's own threads. */
public interface FunctionContext {
  /** When the transaction began, in microseconds since 1970 UTC: {@code now()}. */
  long transactionMicros();

  /** When the statement began, in microseconds since 1970 UTC. */
  long statementMicros();

  /** The last sequence number of the log that the statement sees. */
  long currentSequence();

  /** Who runs the statement. */
  String principal();
}
