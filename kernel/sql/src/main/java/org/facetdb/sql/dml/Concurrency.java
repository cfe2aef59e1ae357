package org.facetdb.sql.dml;

import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.lock.LockMode;

/** How the writes of a transaction and those of others keep clear of each other. */
public interface Concurrency {
  /** That of who has the table to himself. */
  Concurrency ALONE =
      new Concurrency() {
        @Override
        public void lockTable(TableDefinition table, LockMode mode) {}

        @Override
        public void lockKey(TableDefinition table, int keySpace, byte[] key, LockMode mode) {}

        @Override
        public boolean readsCommitted() {
          return false;
        }
      };

  /** Locks a table until the transaction ends. */
  void lockTable(TableDefinition table, LockMode mode);

  /**
   * Locks a row, or an entry of a unique index, until the transaction ends. What was committed
   * before is there to be read by {@link org.facetdb.storage.Transaction#getNewest}.
   *
   * @param key is kept, and must not be written any more
   * @throws org.facetdb.spi.DatabaseException 40P01 for a deadlock, 55P03 for a lock that takes
   *     longer than the session waits
   */
  void lockKey(TableDefinition table, int keySpace, byte[] key, LockMode mode);

  /** Whether what others commit along the way is seen, where it is looked for again. */
  boolean readsCommitted();
}
