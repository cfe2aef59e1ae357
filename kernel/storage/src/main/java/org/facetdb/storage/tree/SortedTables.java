package org.facetdb.storage.tree;

import org.facetdb.storage.tree.table.FirstKeys;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/**
 * Tables in key order whose ranges do not meet. Immutable; who has it keeps the tables open, and
 * leaves the array as it is.
 */
final class SortedTables {
  private final TableReader[] tables;

  /** The smallest keys; null if there are no tables. */
  private final @Nullable FirstKeys firsts;

  private final long minBegin;

  SortedTables(TableReader[] tables) {
    this.tables = tables;
    int count = tables.length;
    int[] keySpaces = new int[count];
    byte[][] keys = new byte[count][];
    long oldest = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      keySpaces[i] = tables[i].info().smallest().keySpace();
      keys[i] = tables[i].info().smallest().key();
      oldest = Math.min(oldest, tables[i].info().minBegin());
    }
    this.minBegin = oldest;
    this.firsts = count == 0 ? null : new FirstKeys(keySpaces, keys, new long[count]);
  }

  TableReader[] tables() {
    return tables;
  }

  /** The smallest timestamp of a version in one of them; the largest number if there are none. */
  long minBegin() {
    return minBegin;
  }

  /** The table whose range holds a key, null if there is none. */
  @Nullable TableReader of(int keySpace, byte[] key) {
    if (firsts == null) {
      return null;
    }
    TableReader table = tables[firsts.find(keySpace, key, 0)];
    return table.covers(keySpace, key, 0, key.length) ? table : null;
  }
}
