package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * Verifies references as they are now, locking what it relies on. Used by one thread, for one
 * statement or one commit.
 */
final class ReferenceChecks {
  private final Transaction transaction;
  private final Concurrency concurrency;
  private final ExecutionContext context;

  ReferenceChecks(Transaction transaction, Concurrency concurrency, ExecutionContext context) {
    this.transaction = transaction;
    this.concurrency = concurrency;
    this.context = context;
  }

  /** A row that refers to a key that was removed. */
  record Referrer(byte[] key, Vector[] row, int position) {}

  /** Reads rows that refer to keys that are locked, as they are now. */
  Referrers referrers(ReferenceCodec codec) {
    boolean newest = concurrency.readsCommitted();
    if (newest) {
      transaction.refresh();
    }
    return new Referrers(codec, transaction, context, !newest);
  }

  /** Locks a row that was found; false if it has changed since, and must be looked for again. */
  boolean lockRow(TableDefinition table, byte[] key, LockMode mode) {
    concurrency.lockKey(table, table.keySpace(), key, mode);
    if (!transaction.isChanged(table.keySpace(), key)) {
      return true;
    }
    if (!concurrency.readsCommitted()) {
      throw RowNames.changed(table, key);
    }
    return false;
  }

  /**
   * Verifies that no row refers to keys that were removed, unless they are there again.
   *
   * @throws DatabaseException 23503 if one does
   */
  void verifyNotNamed(ReferenceCodec codec, Map<ByteBuffer, Referrers.Removed> keys) {
    Map<ByteBuffer, Referrers.Removed> gone = new LinkedHashMap<>(keys);
    gone.keySet().removeIf(key -> isThere(codec, key.array()));
    Referrer found = lockedReferrer(codec, gone);
    if (found != null) {
      throw ConstraintErrors.stillReferenced(
          codec.child(), codec.key(), codec.parent(), found.row(), found.position());
    }
  }

  /**
   * Verifies that keys that rows were given to refer to are there.
   *
   * @throws DatabaseException 23503 if one is not
   */
  void verifyPresent(ReferenceCodec codec, Collection<ByteBuffer> keys) {
    Set<ByteBuffer> absent = absent(codec, keys);
    if (!absent.isEmpty()) {
      throw noParent(codec, absent.iterator().next().array());
    }
  }

  /**
   * The same where the rows may have gone, or refer to something else, since.
   *
   * @throws DatabaseException 23503 if one is not there to which a row refers
   */
  void verifyPresentWhereNamed(ReferenceCodec codec, Collection<ByteBuffer> keys) {
    Map<ByteBuffer, Referrers.Removed> absent = new LinkedHashMap<>();
    absent(codec, keys).forEach(key -> absent.put(key, removed(codec, key)));
    Referrer found = lockedReferrer(codec, absent);
    if (found != null) {
      throw noParent(
          codec, java.util.Objects.requireNonNull(codec.fromChild(found.row(), found.position())));
    }
  }

  /** What is known of a removed key where its row is not kept. */
  static Referrers.Removed removed(ReferenceCodec codec, ByteBuffer key) {
    return new Referrers.Removed(codec.decode(key.array()), 0, null, 0);
  }

  private boolean isThere(ReferenceCodec codec, byte[] key) {
    return transaction.getNewest(codec.keySpace(), key) != null;
  }

  /** Locks keys of the parent; returns those that are not there. */
  private Set<ByteBuffer> absent(ReferenceCodec codec, Collection<ByteBuffer> keys) {
    concurrency.lockTable(codec.parent(), LockMode.ROW_SHARE);
    Set<ByteBuffer> absent = new LinkedHashSet<>();
    for (ByteBuffer key : keys) {
      concurrency.lockKey(codec.parent(), codec.keySpace(), key.array(), LockMode.ACCESS_SHARE);
      if (!isThere(codec, key.array()) || isTooNew(codec, key.array())) {
        absent.add(key);
      }
    }
    return absent;
  }

  /** Whether a key is not there yet for who reads one snapshot. */
  private boolean isTooNew(ReferenceCodec codec, byte[] key) {
    return !concurrency.readsCommitted()
        && transaction.isChanged(codec.keySpace(), key)
        && transaction.get(codec.keySpace(), key) == null;
  }

  private DatabaseException noParent(ReferenceCodec codec, byte[] key) {
    return isVisible(codec, key)
        ? RowNames.changed(codec.parent(), codec.decode(key))
        : ConstraintErrors.noParent(codec.child(), codec.key(), codec.parent(), codec.decode(key));
  }

  /** Whether a key that is gone is there for who reads one snapshot. */
  private boolean isVisible(ReferenceCodec codec, byte[] key) {
    return !concurrency.readsCommitted() && transaction.get(codec.keySpace(), key) != null;
  }

  /** A row that refers to one of the keys, locked; null if none does. */
  private @Nullable Referrer lockedReferrer(
      ReferenceCodec codec, Map<ByteBuffer, Referrers.Removed> keys) {
    if (keys.isEmpty()) {
      return null;
    }
    concurrency.lockTable(codec.child(), LockMode.ROW_SHARE);
    Referrer found = first(codec, keys);
    // It may be about to go, or to name another key: who does that is waited for.
    while (found != null && !lockRow(codec.child(), found.key(), LockMode.ACCESS_SHARE)) {
      found = first(codec, keys);
    }
    return found;
  }

  private @Nullable Referrer first(ReferenceCodec codec, Map<ByteBuffer, Referrers.Removed> keys) {
    @Nullable Referrer[] found = new @Nullable Referrer[1];
    referrers(codec)
        .visit(
            keys,
            (key, row, position, which) -> {
              found[0] = new Referrer(key, row, position);
              return false;
            });
    return found[0];
  }
}
