package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.row.IndexScan;
import org.facetdb.sql.row.KeyCodec;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.KeyValue;
import org.facetdb.sql.row.Keys;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.sql.row.TableScan;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows that refer to removed keys. Where it is asked to, it guards the ranges that it
 * read, so that a row that another transaction added after the snapshot conflicts. Uses an index,
 * or the primary key, that begins with the referencing columns; without one it reads the table.
 * Used by one thread.
 */
final class Referrers {
  private final ReferenceCodec codec;
  private final Transaction transaction;
  private final boolean guards;
  private final ExecutionContext context;
  private final TableAccess access;
  private final @Nullable IndexDefinition index;
  private final boolean byPrimaryKey;
  private final List<Integer> order;

  /**
   * A key that a statement removed.
   *
   * @param row the parent's columns before
   * @param newRow the parent's columns after, {@code null} if the row is gone
   */
  record Removed(Vector[] row, int position, Vector @Nullable [] newRow, int newPosition) {}

  /** Takes a referencing row: its key, its columns, and which removed key it names. */
  interface Visitor {
    /**
     * Takes a row.
     *
     * @return false to see no more
     */
    boolean visit(byte[] key, Vector[] row, int position, Removed removed);
  }

  Referrers(
      ReferenceCodec codec, Transaction transaction, ExecutionContext context, boolean guards) {
    this.codec = codec;
    this.guards = guards;
    this.transaction = transaction;
    this.context = context;
    TableDefinition child = codec.child();
    int[] columns =
        IntStream.rangeClosed(0, child.columns().size())
            .map(i -> i == 0 ? TableDefinition.ROW_KEY : i - 1)
            .toArray();
    this.access = TableAccess.of(child, columns, TableAccess.CURRENT);
    List<Integer> wanted = codec.key().columns();
    this.byPrimaryKey = beginsWith(child.keyColumns(), wanted);
    IndexDefinition found = null;
    for (IndexDefinition candidate : child.indexes()) {
      if (!byPrimaryKey && beginsWith(columnsOf(candidate), wanted)) {
        found = candidate;
        break;
      }
    }
    this.index = found;
    this.order = byPrimaryKey ? child.keyColumns() : found == null ? List.of() : columnsOf(found);
  }

  private static List<Integer> columnsOf(IndexDefinition index) {
    return index.columns().stream().map(IndexDefinition.IndexColumn::column).toList();
  }

  private static boolean beginsWith(List<Integer> columns, List<Integer> wanted) {
    Set<Integer> set = new HashSet<>(wanted);
    return columns.size() >= wanted.size()
        && set.equals(new HashSet<>(columns.subList(0, wanted.size())));
  }

  /** Visits the rows that refer to any of the keys. */
  void visit(Map<ByteBuffer, Removed> removed, Visitor visitor) {
    if (index == null && !byPrimaryKey) {
      if (guards) {
        transaction.guardRange(codec.child().keySpace(), new byte[0], Keys.last());
      }
      read(new TableScan(access, KeyRange.ALL), removed, visitor);
      return;
    }
    for (Map.Entry<ByteBuffer, Removed> entry : removed.entrySet()) {
      KeyRange range = rangeOf(entry.getValue());
      if (guards) {
        guard(range);
      }
      Operator rows =
          index == null ? new TableScan(access, range) : new IndexScan(access, index, range);
      if (!read(rows, Map.of(entry.getKey(), entry.getValue()), visitor)) {
        return;
      }
    }
  }

  private KeyRange rangeOf(Removed removed) {
    List<Integer> columns = codec.key().columns();
    return KeyRange.prefix(
        order.subList(0, columns.size()).stream()
            .map(
                column -> {
                  int part = columns.indexOf(column);
                  return KeyValue.constant(
                      codec.childValue(part, removed.row(), removed.position()));
                })
            .toList());
  }

  private void guard(KeyRange range) {
    KeyCodec keys =
        index == null ? KeyCodec.ofTable(codec.child()) : KeyCodec.ofIndex(codec.child(), index);
    KeyCodec.Bytes bytes = keys.range(range, context);
    if (bytes != null) {
      byte[] from = bytes.from();
      byte[] to = bytes.to();
      transaction.guardRange(
          index == null ? codec.child().keySpace() : index.keySpace(),
          from == null ? new byte[0] : from,
          to == null ? Keys.last() : to);
    }
  }

  private boolean read(Operator rows, Map<ByteBuffer, Removed> removed, Visitor visitor) {
    try (rows) {
      rows.open(context);
      for (Batch batch = rows.next(); batch != null; batch = rows.next()) {
        BytesVector keys = (BytesVector) batch.column(0);
        Vector[] row = java.util.Arrays.copyOfRange(batch.columns(), 1, batch.columnCount());
        for (int k = 0; k < batch.selectedCount(); k++) {
          int position = batch.row(k);
          byte[] named = codec.fromChild(row, position);
          Removed match = named == null ? null : removed.get(ByteBuffer.wrap(named));
          if (match != null && !visitor.visit(keys.getBytes(position), row, position, match)) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
