package org.facetdb.storage;

import java.util.Objects;

/**
 * How sstables are written and read. Each opening may choose anew: every table is read as it was
 * written, and what is chosen holds for tables written from then on.
 *
 * @param bottom compression of the tables that a merge writes to the lowest level that holds any,
 *     and to the runs of the history
 * @param mapped whether blocks that are not cached are copied from tables mapped into memory,
 *     instead of read by calls of the operating system
 */
public record TableOptions(BottomCompression bottom, boolean mapped) {
  public TableOptions {
    Objects.requireNonNull(bottom);
  }

  /** LZ4 everywhere, read by calls. */
  public static TableOptions defaults() {
    return new TableOptions(BottomCompression.LZ4, false);
  }

  public TableOptions withBottom(BottomCompression compression) {
    return new TableOptions(compression, mapped);
  }

  public TableOptions withMapped(boolean value) {
    return new TableOptions(bottom, value);
  }
}
