package org.facetdb.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * A full-text search under test: passages by number, each in section {@link #section}. Used by one
 * thread.
 */
interface TextSide extends AutoCloseable {
  /** How many best rows a search gives. */
  int WANTED = 10;

  /** Sections, which a further condition tells apart. */
  int SECTIONS = 10;

  static int section(int id) {
    return id % SECTIONS;
  }

  /**
   * What a search gave.
   *
   * @param count rows
   * @param scores the sum of their scores
   */
  record Found(int count, double scores) {}

  /** One query that is run again and again. */
  interface Search {
    Found run() throws Exception;
  }

  /** Name and version. */
  String version();

  /** Stores and indexes passages; all of them are found by searches afterwards. */
  void load(List<String> texts) throws Exception;

  /** Waits for what goes on behind the load. */
  void settle() throws Exception;

  /** A search for the best rows. */
  Search search(String query) throws Exception;

  /** The same among one section's rows. */
  Search search(String query, int section) throws Exception;

  /** Stores one more passage and searches for a word of it, which must find it alone. */
  Found insertAndFind(int id, String text, String word) throws Exception;

  /** Gives a tenth of the passages one more word each, and makes that visible to searches. */
  void updateTenth(List<String> texts) throws Exception;

  @Override
  void close() throws IOException;
}
