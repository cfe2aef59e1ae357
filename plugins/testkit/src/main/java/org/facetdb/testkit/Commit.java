package org.facetdb.testkit;

import java.util.List;
import org.facetdb.spi.index.Position;
import org.jspecify.annotations.Nullable;

/**
 * One commit as the index is given it.
 *
 * @param changes in the order in which they are given
 */
public record Commit(Position position, List<Change> changes) {
  public Commit {
    changes = List.copyOf(changes);
  }

  /** A change of one row at the commit's timestamp. */
  public sealed interface Change {
    long rowId();
  }

  /** A row has these values from the commit on. */
  public record Put(long rowId, @Nullable Object[] values) implements Change {}

  /** The values of the row's version that was committed at {@code begin} end with the commit. */
  public record End(long rowId, long begin) implements Change {}
}
