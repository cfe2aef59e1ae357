package org.facetdb.sql.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Reader;

/**
 * Rough numbers of rows, for the planner. Safe for any number of threads.
 *
 * <p>A table is counted, up to a limit, when a plan first asks for it; from then on statements add
 * what they insert and take away what they delete. Transactions that roll back leave small errors,
 * which a plan survives.
 */
public final class RowCounts {
  /** Rows that are counted at most; a larger table is taken for one of this many. */
  private static final int COUNTED_MAX = 1 << 18;

  private final ConcurrentHashMap<Integer, AtomicLong> byKeySpace = new ConcurrentHashMap<>();

  /** How many rows a table has, about. */
  long estimate(TableDefinition table, Reader reader) {
    AtomicLong known = byKeySpace.get(table.keySpace());
    if (known == null) {
      long counted = count(table.keySpace(), reader);
      known = byKeySpace.computeIfAbsent(table.keySpace(), id -> new AtomicLong(counted));
    }
    return Math.max(0, known.get());
  }

  private static long count(int keySpace, Reader reader) {
    long count = 0;
    try (Cursor cursor = reader.scan(keySpace, null, null)) {
      while (count < COUNTED_MAX && cursor.next()) {
        count++;
      }
    }
    return count;
  }

  /** Notes rows that were inserted, or deleted if negative. */
  void add(TableDefinition table, long rows) {
    AtomicLong known = byKeySpace.get(table.keySpace());
    if (known != null) {
      known.addAndGet(rows);
    }
  }
}
