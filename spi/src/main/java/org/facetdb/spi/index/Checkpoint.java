package org.facetdb.spi.index;

import java.util.Set;

/**
 * Files that together hold all that an index was given up to the last {@link Index#advance}.
 *
 * @param files names in the index's store, all closed
 * @param state a few bytes that are kept with the checkpoint
 */
public record Checkpoint(Set<String> files, byte[] state) {
  public Checkpoint {
    files = Set.copyOf(files);
  }
}
