package org.facetdb.sql.dml;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.IndexEntries;
import org.facetdb.sql.row.KeyCodec;
import org.facetdb.sql.row.Keys;
import org.facetdb.sql.row.RowEncoder;
import org.facetdb.sql.row.RowKeys;
import org.facetdb.sql.row.RowLayout;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * Puts rows of one table, with their index entries, into a transaction and takes them out; refuses
 * duplicate keys. Rows are given by vectors of all of the table's columns. Used by one thread.
 *
 * <p>Keys that are given or let go are locked here. Rows that are there already are locked by the
 * caller, before it decides what becomes of them.
 *
 * <p>Foreign keys are the caller's concern, see {@link StatementWriter}.
 */
public final class TableWriter {
  private final TableDefinition table;
  private final RowIds rowIds;
  private final Concurrency concurrency;
  private final KeyCodec keyCodec;
  private final RowEncoder encoder;
  private final List<IndexWriter> indexes = new ArrayList<>();
  private final KeyWriter scratch = new KeyWriter();

  /** Locks keys where no two rows may have one in the end, now or at a deferred check. */
  private record IndexWriter(
      IndexDefinition index, KeyCodec codec, List<Integer> columns, boolean locksKeys) {}

  public TableWriter(TableDefinition table, RowIds rowIds, Concurrency concurrency) {
    this.table = table;
    this.rowIds = rowIds;
    this.concurrency = concurrency;
    this.keyCodec = KeyCodec.ofTable(table);
    this.encoder = new RowEncoder(RowLayout.of(table));
    for (IndexDefinition index : table.indexes()) {
      List<Integer> columns =
          index.columns().stream().map(IndexDefinition.IndexColumn::column).toList();
      boolean locksKeys =
          index.unique() || table.uniques().stream().anyMatch(u -> u.indexId() == index.id());
      indexes.add(new IndexWriter(index, KeyCodec.ofIndex(table, index), columns, locksKeys));
    }
  }

  /** The table. */
  public TableDefinition table() {
    return table;
  }

  /**
   * Adds a row.
   *
   * @throws org.facetdb.spi.DatabaseException 23505 if its key or that of a unique index is taken
   */
  public void insert(Transaction transaction, Vector[] row, int position) {
    byte[] key = newKey(row, position);
    if (table.primaryKey() != null) {
      requireFree(transaction, key, row, position);
    }
    transaction.put(table.keySpace(), key, encoder.encode(row, position));
    if (table.rowIdSpace() != 0) {
      addRowId(transaction, key);
    }
    for (IndexWriter index : indexes) {
      addEntry(transaction, index, key, row, position);
    }
  }

  /** Gives a new row an id, which is kept beside its key: the one that the key had before. */
  public void addRowId(Transaction transaction, byte[] key) {
    byte[] byKey = RowKeys.byKey(key, 0, key.length);
    Long known = RowKeys.everGiven(transaction.getNewest(table.rowIdSpace(), byKey));
    long rowId = known == null ? rowIds.next(table.id()) : known;
    transaction.put(table.rowIdSpace(), byKey, RowKeys.idValue(rowId, false));
    transaction.put(table.rowIdSpace(), RowKeys.byId(rowId), key);
  }

  /** Says again which id a row has, for those who read the commit; or that it is gone. */
  private void touchRowId(Transaction transaction, byte[] key, boolean deleted) {
    RowKeys keys = RowKeys.of(table);
    Long rowId = keys.rowId(key, transaction);
    if (rowId != null) {
      transaction.put(
          table.rowIdSpace(), RowKeys.byKey(key, 0, key.length), RowKeys.idValue(rowId, deleted));
      if (deleted) {
        transaction.delete(table.rowIdSpace(), RowKeys.byId(rowId));
      }
    }
  }

  private void requireFree(Transaction transaction, byte[] key, Vector[] row, int position) {
    concurrency.lockKey(table, table.keySpace(), key, LockMode.ACCESS_EXCLUSIVE);
    if (transaction.getNewest(table.keySpace(), key) != null) {
      KeyConstraint constraint = Objects.requireNonNull(table.primaryKey());
      throw ConstraintErrors.duplicate(
          constraint.name(), table, constraint.columns(), row, position);
    }
  }

  private byte[] newKey(Vector[] row, int position) {
    return table.primaryKey() == null ? Keys.rowId(rowIds.next(table.id())) : key(row, position);
  }

  /** The primary key of a row. */
  private byte[] key(Vector[] row, int position) {
    scratch.reset();
    keyCodec.write(row, position, scratch);
    return scratch.toByteArray();
  }

  /** Takes a row and its index entries out. */
  public void delete(Transaction transaction, byte[] key, Vector[] row, int position) {
    transaction.delete(table.keySpace(), key);
    if (table.rowIdSpace() != 0) {
      touchRowId(transaction, key, true);
    }
    for (IndexWriter index : indexes) {
      removeEntry(transaction, index, key, row, position);
    }
  }

  /**
   * One row of an update: where it is, what it was, what it becomes.
   *
   * @param changed mask of the columns that differ
   */
  public record Change(
      byte[] oldKey,
      Vector[] oldRow,
      int oldPosition,
      Vector[] newRow,
      int newPosition,
      long changed) {}

  /**
   * Updates rows. All that goes is taken out before anything is put in, so that keys may change
   * places within a statement.
   */
  public void update(Transaction transaction, List<Change> changes) {
    byte[] @Nullable [] newKeys = new byte[changes.size()][];
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      byte[] newKey = change.oldKey();
      if (table.primaryKey() != null && touches(change, table.keyColumns())) {
        byte[] computed = key(change.newRow(), change.newPosition());
        if (!java.util.Arrays.equals(computed, change.oldKey())) {
          newKey = computed;
          transaction.delete(table.keySpace(), change.oldKey());
          if (table.rowIdSpace() != 0) {
            touchRowId(transaction, change.oldKey(), true);
          }
        }
      }
      newKeys[i] = newKey;
      for (IndexWriter index : indexes) {
        if (newKey != change.oldKey() || touches(change, index.columns())) {
          removeEntry(transaction, index, change.oldKey(), change.oldRow(), change.oldPosition());
        }
      }
    }
    for (int i = 0; i < changes.size(); i++) {
      put(transaction, changes.get(i), Objects.requireNonNull(newKeys[i]));
    }
  }

  private void put(Transaction transaction, Change change, byte[] newKey) {
    Vector[] row = change.newRow();
    int position = change.newPosition();
    boolean moved = newKey != change.oldKey();
    if (moved) {
      requireFree(transaction, newKey, row, position);
    }
    transaction.put(
        table.keySpace(),
        newKey,
        encoder.encode(row, position),
        moved ? Transaction.ALL_COLUMNS : change.changed());
    if (table.rowIdSpace() != 0) {
      if (moved) {
        addRowId(transaction, newKey);
      } else {
        touchRowId(transaction, newKey, false);
      }
    }
    for (IndexWriter index : indexes) {
      if (moved || touches(change, index.columns())) {
        addEntry(transaction, index, newKey, row, position);
      }
    }
  }

  private static boolean touches(Change change, List<Integer> columns) {
    for (int column : columns) {
      if ((change.changed() & columnBit(column)) != 0) {
        return true;
      }
    }
    return false;
  }

  /** The bit of a column in a mask of changed columns. */
  public static long columnBit(int column) {
    return 1L << Math.min(column, 63);
  }

  /** Adds the entry of a row to one index: for rows that were there before the index. */
  public void addEntry(
      Transaction transaction, IndexDefinition index, byte[] key, Vector[] row, int position) {
    for (IndexWriter writer : indexes) {
      if (writer.index().id() == index.id()) {
        addEntry(transaction, writer, key, row, position);
      }
    }
  }

  private void addEntry(
      Transaction transaction, IndexWriter index, byte[] key, Vector[] row, int position) {
    scratch.reset();
    index.codec().write(row, position, scratch);
    int keySpace = index.index().keySpace();
    if (!index.index().unique() || index.codec().hasNull(row, position)) {
      byte[] value = IndexEntries.appendRowKey(scratch, key);
      transaction.put(keySpace, scratch.toByteArray(), value);
      return;
    }
    byte[] entry = scratch.toByteArray();
    concurrency.lockKey(table, keySpace, entry, LockMode.ACCESS_EXCLUSIVE);
    if (transaction.getNewest(keySpace, entry) != null) {
      throw ConstraintErrors.duplicate(index.index().name(), table, index.columns(), row, position);
    }
    transaction.put(keySpace, entry, IndexEntries.uniqueValue(entry.length, key));
  }

  private void removeEntry(
      Transaction transaction, IndexWriter index, byte[] key, Vector[] row, int position) {
    scratch.reset();
    index.codec().write(row, position, scratch);
    int keySpace = index.index().keySpace();
    boolean hasNull = index.codec().hasNull(row, position);
    if (index.locksKeys() && !hasNull) {
      concurrency.lockKey(table, keySpace, scratch.toByteArray(), LockMode.ACCESS_EXCLUSIVE);
    }
    if (!index.index().unique() || hasNull) {
      scratch.writeBytes(key, 0, key.length);
    }
    transaction.delete(keySpace, scratch.toByteArray());
  }
}
