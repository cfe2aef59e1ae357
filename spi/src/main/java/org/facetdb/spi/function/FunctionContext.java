package org.facetdb.spi.function;

import java.time.ZoneId;
import java.util.random.RandomGenerator;

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

  /** The session's time zone. */
  ZoneId zone();

  /** Randomness for {@code random()} and {@code gen_random_uuid()}. */
  RandomGenerator random();
}
