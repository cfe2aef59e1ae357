package org.facetdb.storage.tree.entry;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A key in its key space, in the order that files are sorted by. The array must not be written.
 *
 * @param keySpace id, compared unsigned
 * @param key user key
 */
public record SpaceKey(int keySpace, byte[] key) implements Comparable<SpaceKey> {
  @Override
  public int compareTo(SpaceKey other) {
    int order = Integer.compareUnsigned(keySpace, other.keySpace);
    return order != 0 ? order : Arrays.compareUnsigned(key, other.key);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SpaceKey that
        && keySpace == that.keySpace
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return 31 * keySpace + Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return keySpace + ":" + HexFormat.of().formatHex(key);
  }
}
