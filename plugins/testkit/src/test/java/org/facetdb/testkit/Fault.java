package org.facetdb.testkit;

import java.util.function.Consumer;

/** What a wrong index does, and the check that must find it. */
enum Fault {
  LOSES_AN_END(IndexChecks::randomOperations),
  LOSES_A_PUT(IndexChecks::randomOperations),
  FINDS_TOO_MUCH(IndexChecks::randomOperations),
  IGNORES_ONLY(IndexChecks::randomOperations),
  IGNORES_EXCEPT(IndexChecks::randomOperations),
  WORST_FIRST(IndexChecks::randomOperations),
  EVALUATOR_MISSES(IndexChecks::randomOperations),
  EVALUATOR_SCORES_OTHERWISE(IndexChecks::randomOperations),
  KEEPS_THE_BATCH(IndexChecks::randomOperations),
  WAITS_FOR_A_REFRESH(IndexChecks::randomOperations),
  REUSES_A_NAME(IndexChecks::randomOperations),
  LEAKS_AN_INPUT(IndexChecks::randomOperations),
  LEAKS_MEMORY(IndexChecks::randomOperations),
  CHECKPOINT_MISSES_A_FILE(IndexChecks::crashAtEachStep),
  CHECKPOINT_AFTER_A_FAILED_WRITE(IndexChecks::crashAtEachStep),
  LEAKS_WHEN_OPEN_FAILS(IndexChecks::crashAtEachStep),
  PUTS_TWICE(IndexChecks::replay),
  ENDS_THE_LATEST(IndexChecks::replay),
  SHOWS_THE_FUTURE(IndexChecks::timeTravel),
  EXPIRES_TOO_MUCH(IndexChecks::timeTravel),
  NEVER_EXPIRES(IndexChecks::expiry),
  READS_ANY_FORMAT(IndexChecks::swap),
  MISREADS_THE_OLD_FORMAT(IndexChecks::swap),
  VIEW_CHANGES(IndexChecks::concurrentViews),
  VIEW_MOVES_ON(IndexChecks::concurrentViews),
  VIEW_ENDS_WITH_THE_INDEX(IndexChecks::concurrentViews),
  REFUSES_AS_A_FAULT_OF_OURS(IndexChecks::badInput),
  ACCEPTS_BAD_ARGUMENTS(IndexChecks::badInput),
  ACCEPTS_BAD_SHAPES(IndexChecks::badInput);

  final Consumer<IndexChecks> check;

  Fault(Consumer<IndexChecks> check) {
    this.check = check;
  }
}
