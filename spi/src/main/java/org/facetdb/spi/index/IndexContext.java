package org.facetdb.spi.index;

import org.facetdb.spi.MemoryAccount;
import org.jspecify.annotations.Nullable;

/** What the kernel gives an index that is opened. Usable until the index is closed. */
public interface IndexContext {
  IndexShape shape();

  /** The index's own files: exactly those of {@link #checkpoint}, or none. */
  IndexStore store();

  /** What the index is to go on from; null for a new, empty one. */
  @Nullable Restored checkpoint();

  MemoryAccount memory();

  /**
   * A checkpoint that was committed.
   *
   * @param format version of its files
   * @param position up to which commits it contains
   * @param state what {@link Checkpoint#state} was
   */
  record Restored(int format, Position position, byte[] state) {}
}
