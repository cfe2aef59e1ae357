package org.facetdb.sql.index;

import org.facetdb.spi.index.IndexView;

/**
 * A view of an index that a statement holds, with the place in the tail from which on the statement
 * looks for itself. Used by one thread; closing it ends the lease.
 */
final class IndexSearch implements AutoCloseable {
  private final IndexGeneration generation;
  private final IndexView view;
  private final TailNode from;
  private boolean closed;

  IndexSearch(IndexGeneration generation, IndexView view, TailNode from) {
    this.generation = generation;
    this.view = view;
    this.from = from;
  }

  IndexGeneration generation() {
    return generation;
  }

  IndexView view() {
    return view;
  }

  /** The last node that the view contains. */
  TailNode from() {
    return from;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        view.close();
      } finally {
        generation.leases().leave();
      }
    }
  }
}
