package org.facetdb.spi.index;

import java.util.List;
import org.facetdb.spi.Contribution;

/**
 * A kind of index: what stands behind {@code USING} in {@code CREATE INDEX}. An index is derived
 * state that follows the log: the kernel gives it every change of the indexed values in commit
 * order, tells it when to write a checkpoint, and answers itself for what the index doesn't contain
 * yet. Immutable and thread-safe.
 */
public non-sealed interface IndexMethod extends Contribution {
  /** The version of the files that {@link Index#checkpoint} writes. */
  int formatVersion();

  /** Whether {@link #open} understands checkpoints in a format. */
  default boolean reads(int format) {
    return format == formatVersion();
  }

  /**
   * Whether search results need no second look: every candidate satisfies the clauses. The kernel
   * evaluates the candidates of a method that isn't exact once more.
   */
  boolean exact();

  /** The operators {@code column OP argument} whose conditions an index of this method answers. */
  List<SearchOperator> operators();

  /** The functions that show something of a search in its rows: a score, a highlighted text. */
  List<SearchFunction> functions();

  /**
   * Refuses what can't be indexed.
   *
   * @throws org.facetdb.spi.DatabaseException 42804 for a column of a wrong type, 22023 for an
   *     option that is unknown or has a wrong value
   */
  void validate(IndexShape shape);

  /**
   * Opens an index.
   *
   * @throws org.facetdb.spi.DatabaseException category CORRUPTION if the files of the checkpoint
   *     are not what was written: the kernel then builds this index anew
   */
  Index open(IndexContext context);
}
