package org.facetdb.spi.index;

/**
 * The rows that a search finds, each once. It goes on until all are found, however few were wanted
 * at first. Used by one thread, not after its view is closed.
 */
public interface SearchCursor extends AutoCloseable {
  /**
   * Takes the next rows.
   *
   * @param rowIds takes the ids, from 0
   * @param scores takes the scores, if they were asked for; with {@link
   *     SearchRequest.Order#BEST_FIRST} never better than those before
   * @param limit the most to take, at least 1, at most the arrays' length
   * @return how many were taken; 0 at the end alone
   */
  int next(long[] rowIds, double[] scores, int limit);

  @Override
  void close();
}
