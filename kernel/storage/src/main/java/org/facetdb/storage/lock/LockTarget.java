package org.facetdb.storage.lock;

import java.util.Arrays;

/** What is locked: things that are told apart by equality. Immutable. */
public sealed interface LockTarget {
  /**
   * A row, or an entry of a unique index.
   *
   * @param key is kept, and must not be written any more
   */
  record Row(int keySpace, byte[] key) implements LockTarget {
    @Override
    public boolean equals(Object other) {
      return other instanceof Row row && row.keySpace == keySpace && Arrays.equals(row.key, key);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(key) * 31 + keySpace;
    }
  }

  /** A table. */
  record Table(int id) implements LockTarget {}

  /** The schema: the definitions of all tables, and the extensions. */
  record Catalog() implements LockTarget {}

  /**
   * What an application chose.
   *
   * @param pair whether it was named by two numbers of 32 bits, which lie beside each other here
   */
  record Advisory(long key, boolean pair) implements LockTarget {}
}
