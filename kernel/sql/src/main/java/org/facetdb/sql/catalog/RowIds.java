package org.facetdb.sql.catalog;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.storage.Durability;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;

/**
 * Gives out the row ids of tables without a primary key. Safe for any number of threads.
 *
 * <p>An id is never given twice: ranges are taken from a counter in the catalog key space by a
 * commit of their own, and what is left of a range when the database closes is lost. The commit
 * isn't waited for, since the log keeps it ahead of any row that uses the range.
 *
 * <pre>
 *  63        48 47                                   0
 * +------------+--------------------------------------+
 * | shard (0)  |  counter, from 1                     |
 * +------------+--------------------------------------+
 * </pre>
 */
public final class RowIds {
  /** Ids that fit below the shard bits. */
  private static final long LIMIT = 1L << 48;

  private static final int FIRST_RANGE = 256;
  private static final int LARGEST_RANGE = 1 << 16;

  private final Store store;
  private final ConcurrentHashMap<Integer, Range> ranges = new ConcurrentHashMap<>();

  private static final class Range {
    long next;
    long end;
    int length = FIRST_RANGE;
  }

  public RowIds(Store store) {
    this.store = store;
  }

  /** The next id of a table. */
  public long next(int tableId) {
    Range range = ranges.computeIfAbsent(tableId, id -> new Range());
    synchronized (range) {
      if (range.next == range.end) {
        refill(tableId, range);
      }
      return range.next++;
    }
  }

  private void refill(int tableId, Range range) {
    byte[] key = Catalog.rowIdKey(tableId);
    try (Transaction transaction = store.begin()) {
      byte[] value = transaction.get(Store.CATALOG_KEY_SPACE, key);
      long last = value == null ? 0 : ByteBuffer.wrap(value).getLong();
      long end = last + range.length;
      if (end >= LIMIT) {
        throw new StorageException(
            "54000",
            StorageException.Category.RESOURCE,
            "row ids are used up: table=" + tableId + " last=" + last);
      }
      byte[] encoded = ByteBuffer.allocate(Long.BYTES).putLong(end).array();
      transaction.put(Store.CATALOG_KEY_SPACE, key, encoded);
      transaction.commit(Durability.NONE);
      range.next = last + 1;
      range.end = end + 1;
      range.length = Math.min(LARGEST_RANGE, range.length * 2);
    }
  }
}
