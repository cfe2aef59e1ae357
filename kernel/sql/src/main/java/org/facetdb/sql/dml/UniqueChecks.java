package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Objects;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.KeyCodec;
import org.facetdb.sql.row.Keys;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;

/**
 * Verifies unique constraints whose index may hold duplicates until then. A key stays locked from
 * its check to the end of the transaction, so of two that give it to rows the later one finds the
 * other's, whatever its snapshot shows. Used by one thread.
 */
final class UniqueChecks {
  private final Transaction transaction;
  private final Concurrency concurrency;

  UniqueChecks(Transaction transaction, Concurrency concurrency) {
    this.transaction = transaction;
    this.concurrency = concurrency;
  }

  /**
   * Verifies that no two rows have one of the keys.
   *
   * @param keys as the constraint's index begins its entries
   * @throws org.facetdb.spi.DatabaseException 23505 if two have
   */
  void verify(TableDefinition table, KeyConstraint constraint, Collection<ByteBuffer> keys) {
    if (keys.isEmpty()) {
      return;
    }
    IndexDefinition index = Objects.requireNonNull(table.index(constraint.indexId()));
    for (ByteBuffer key : keys) {
      concurrency.lockKey(table, index.keySpace(), key.array(), LockMode.ACCESS_EXCLUSIVE);
    }
    for (ByteBuffer key : keys) {
      if (isTwice(index.keySpace(), key.array())) {
        throw ConstraintErrors.duplicate(
            constraint.name(),
            table,
            constraint.columns(),
            KeyCodec.ofIndex(table, index).read(key.array(), table.columns().size()),
            0);
      }
    }
  }

  private boolean isTwice(int keySpace, byte[] key) {
    try (Cursor entries = transaction.scanNewest(keySpace, key, Keys.successor(key))) {
      return entries.next() && entries.next();
    }
  }
}
