package org.facetdb.sql.row;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;
import org.facetdb.storage.Transaction;

/**
 * Reads from commits what they changed in one table. Immutable, for any number of threads.
 *
 * <p>A commit that changes rows with mapped ids holds the ids too, see {@link RowKeys}.
 */
public final class ChangeDecoder {
  private final TableDefinition table;
  private final RowKeys keys;

  public ChangeDecoder(TableDefinition table) {
    this.table = table;
    this.keys = RowKeys.of(table);
  }

  /** The table as the decoder knows it. */
  public TableDefinition table() {
    return table;
  }

  public RowKeys keys() {
    return keys;
  }

  /** What a commit changed in the table, in chunks; empty if it changed nothing. */
  public List<ChangedRows> decode(CommittedBatch commit) {
    Map<ByteBuffer, Long> ids = keys.isMapped() ? ids(commit.changes()) : Map.of();
    List<ChangedRows> chunks = new ArrayList<>(1);
    ChangedRows.Builder builder = new ChangedRows.Builder(table, commit.timestamp());
    ChangeCursor changes = commit.changes();
    while (changes.next()) {
      if (changes.keySpace() != table.keySpace()
          || changes.isDelete() && changes.previousTimestamp() == 0) {
        continue;
      }
      if (builder.isFull()) {
        chunks.add(builder.build());
        builder = new ChangedRows.Builder(table, commit.timestamp());
      }
      long rowId = rowId(changes, ids);
      if (changes.isDelete()) {
        builder.delete(rowId, changes.previousTimestamp());
      } else {
        builder.put(
            rowId,
            changes.previousTimestamp(),
            changes.changedColumns(),
            changes.array(),
            changes.valueOffset(),
            changes.valueLength());
      }
    }
    if (builder.count() > 0) {
      chunks.add(builder.build());
    }
    return chunks;
  }

  private long rowId(ChangeCursor at, Map<ByteBuffer, Long> ids) {
    if (!keys.isMapped()) {
      return keys.rowId(at.array(), at.keyOffset(), at.keyLength());
    }
    Long id = ids.get(ByteBuffer.wrap(at.array(), at.keyOffset(), at.keyLength()));
    if (id == null) {
      throw RowKeys.noId(table);
    }
    return id;
  }

  private Map<ByteBuffer, Long> ids(ChangeCursor changes) {
    Map<ByteBuffer, Long> ids = new HashMap<>();
    while (changes.next()) {
      if (changes.keySpace() == keys.space()
          && !changes.isDelete()
          && RowKeys.isByKey(changes.array(), changes.keyOffset())) {
        ids.put(
            ByteBuffer.wrap(changes.array(), changes.keyOffset() + 1, changes.keyLength() - 1),
            RowKeys.idOf(changes.array(), changes.valueOffset()));
      }
    }
    return ids;
  }

  /** The rows of the table that an open transaction changed itself, as it left them last. */
  public List<ChangedRows> own(Transaction transaction) {
    List<ChangedRows> chunks = new ArrayList<>(1);
    ChangedRows.Builder[] builder = {new ChangedRows.Builder(table, Long.MAX_VALUE)};
    transaction.visitOwnWrites(
        table.keySpace(),
        (key, value) -> {
          if (builder[0].isFull()) {
            chunks.add(builder[0].build());
            builder[0] = new ChangedRows.Builder(table, Long.MAX_VALUE);
          }
          Long rowId = ownId(transaction, key);
          if (rowId != null && value == null) {
            builder[0].delete(rowId, 0);
          } else if (rowId != null && value != null) {
            builder[0].put(rowId, 0, Transaction.ALL_COLUMNS, value, 0, value.length);
          }
          return true;
        });
    if (builder[0].count() > 0) {
      chunks.add(builder[0].build());
    }
    return chunks;
  }

  /** Also the id of a row that the transaction deleted; null for a row that never was. */
  private @org.jspecify.annotations.Nullable Long ownId(Transaction transaction, byte[] key) {
    if (!keys.isMapped()) {
      return keys.rowId(key, 0, key.length);
    }
    byte[] value = transaction.get(keys.space(), RowKeys.byKey(key, 0, key.length));
    return value == null ? null : RowKeys.idOf(value, 0);
  }
}
