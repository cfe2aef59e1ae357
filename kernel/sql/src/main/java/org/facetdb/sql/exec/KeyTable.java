package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Gives each distinct key of one or more columns an id: 0, 1, 2, ... in order of arrival.
 *
 * <p>Not thread-safe. Keys that pack into 64 bits go through {@link LongIdMap}, all others through
 * {@link HashIdMap}; each key value always takes the same way. The first key of each id is kept by
 * column. Numbers that differ in scale alone are equal.
 */
final class KeyTable {
  private final boolean nullsMatch;
  private final @Nullable KeyPacking packing;
  private final LongIdMap packedIds = new LongIdMap();
  private final HashIdMap hashedIds = new HashIdMap();
  private final RowStore keys;
  private final MemoryAccount memory;
  private final long[] hashes = new long[Batch.CAPACITY];
  private final int[] fresh = new int[Batch.CAPACITY];
  private final int[] oneRow = new int[1];
  private long accountedBytes;

  /**
   * An empty table.
   *
   * @param nullsMatch true: nulls are equal to each other (GROUP BY, DISTINCT); false: a key with a
   *     null has no id (joins)
   */
  KeyTable(List<LogicalType> types, boolean nullsMatch, MemoryAccount memory) {
    this.nullsMatch = nullsMatch;
    this.packing = KeyPacking.of(types);
    this.keys = new RowStore(types, memory);
    this.memory = memory;
  }

  int size() {
    return keys.size();
  }

  /** The keys by id. */
  RowStore keys() {
    return keys;
  }

  /** Sets {@code ids[k]} to the id of the key in row {@code rows[k]}; new keys get new ids. */
  void assign(Vector[] columns, int[] rows, int count, int[] ids) {
    if (packing == null) {
      hashAll(columns, rows, Batch.allRows(), count);
      assignHashed(columns, rows, Batch.allRows(), count, ids);
    } else {
      int misfits = packing.pack(columns, rows, count);
      if (misfits > 0) {
        for (int m = 0; m < misfits; m++) {
          ids[packing.misfits[m]] = -1;
        }
        assignPacked(columns, rows, count, ids, misfits);
        hashAll(columns, rows, packing.misfits, misfits);
        assignHashed(columns, rows, packing.misfits, misfits, ids);
      } else {
        assignPacked(columns, rows, count, ids, 0);
      }
    }
    account();
  }

  private void account() {
    long bytes = packedIds.memoryBytes() + hashedIds.memoryBytes();
    if (bytes > accountedBytes) {
      memory.reserve(bytes - accountedBytes);
      accountedBytes = bytes;
    }
  }

  private void assignPacked(Vector[] columns, int[] rows, int count, int[] ids, int misfits) {
    long[] packed = requirePacking().packed;
    int[] bad = requirePacking().misfits;
    int next = keys.size();
    int freshCount = 0;
    int m = 0;
    for (int k = 0; k < count; k++) {
      if (m < misfits && bad[m] == k) {
        m++;
        continue;
      }
      int id = packedIds.findOrPut(packed[k], next);
      ids[k] = id;
      if (id == next) {
        fresh[freshCount++] = rows[k];
        next++;
      }
    }
    if (freshCount > 0) {
      keys.append(columns, fresh, freshCount);
    }
  }

  private KeyPacking requirePacking() {
    if (packing == null) {
      throw new IllegalStateException("keys of these types do not pack");
    }
    return packing;
  }

  /** Hashes of the rows with ordinals {@code ordinals[0..n)}, by ordinal. */
  private void hashAll(Vector[] columns, int[] rows, int[] ordinals, int n) {
    for (int j = 0; j < n; j++) {
      hashes[ordinals[j]] = 0;
    }
    for (Vector column : columns) {
      for (int j = 0; j < n; j++) {
        int k = ordinals[j];
        hashes[k] = hashes[k] * 31 + column.hash(rows[k]);
      }
    }
  }

  private boolean anyNull(Vector[] columns, int row) {
    for (Vector column : columns) {
      if (column.isNull(row)) {
        return true;
      }
    }
    return false;
  }

  private void assignHashed(Vector[] columns, int[] rows, int[] ordinals, int n, int[] ids) {
    for (int j = 0; j < n; j++) {
      int k = ordinals[j];
      int row = rows[k];
      if (!nullsMatch && anyNull(columns, row)) {
        ids[k] = -1;
        continue;
      }
      int hash = fold(hashes[k]);
      int position = hashedIds.first(hash);
      int id;
      while ((id = hashedIds.idAt(position)) >= 0) {
        if (hashedIds.hashAt(position) == hash && equal(columns, row, id)) {
          break;
        }
        position = hashedIds.next(position);
      }
      if (id < 0) {
        id = keys.size();
        oneRow[0] = row;
        keys.append(columns, oneRow, 1);
        hashedIds.put(position, hash, id);
      }
      ids[k] = id;
    }
  }

  private static int fold(long hash) {
    return (int) (hash ^ hash >>> 32);
  }

  private boolean equal(Vector[] columns, int row, int id) {
    for (int c = 0; c < columns.length; c++) {
      Vector stored = keys.column(c);
      boolean isNull = columns[c].isNull(row);
      if (isNull != stored.isNull(id) || (!isNull && !columns[c].equalAt(row, stored, id))) {
        return false;
      }
    }
    return true;
  }

  /** Sets {@code ids[k]} to the id of the key in row {@code rows[k]}, -1 for an unknown key. */
  void lookup(Vector[] columns, int[] rows, int count, int[] ids) {
    if (packing == null) {
      hashAll(columns, rows, Batch.allRows(), count);
      lookupHashed(columns, rows, Batch.allRows(), count, ids);
      return;
    }
    int misfits = packing.pack(columns, rows, count);
    long[] packed = packing.packed;
    for (int k = 0; k < count; k++) {
      ids[k] = packedIds.find(packed[k]);
    }
    if (misfits > 0) {
      hashAll(columns, rows, packing.misfits, misfits);
      lookupHashed(columns, rows, packing.misfits, misfits, ids);
    }
  }

  private void lookupHashed(Vector[] columns, int[] rows, int[] ordinals, int n, int[] ids) {
    for (int j = 0; j < n; j++) {
      int k = ordinals[j];
      int row = rows[k];
      int found = -1;
      if (nullsMatch || !anyNull(columns, row)) {
        int hash = fold(hashes[k]);
        int position = hashedIds.first(hash);
        int id;
        while ((id = hashedIds.idAt(position)) >= 0) {
          if (hashedIds.hashAt(position) == hash && equal(columns, row, id)) {
            found = id;
            break;
          }
          position = hashedIds.next(position);
        }
      }
      ids[k] = found;
    }
  }
}
