package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;

/**
 * Rows kept by column, addressed by the order in which they came.
 *
 * <p>Not thread-safe. Owned by one operator, whose memory account pays for it. Rows are never
 * changed after they were appended.
 */
final class RowStore {
  private static final int INITIAL_CAPACITY = 256;

  private final List<LogicalType> types;
  private final MemoryAccount memory;
  private Vector[] columns;
  private int size;
  private long accountedBytes;

  RowStore(List<LogicalType> types, MemoryAccount memory) {
    this.types = List.copyOf(types);
    this.memory = memory;
    this.columns = Vectors.create(types, INITIAL_CAPACITY);
  }

  void append(Batch batch) {
    append(batch.columns(), batch.rows(), batch.selectedCount());
  }

  /** Appends the listed rows of vectors that have this store's types. */
  void append(Vector[] source, int[] rows, int count) {
    int newSize = Math.addExact(size, count);
    account(newSize);
    for (int i = 0; i < columns.length; i++) {
      Vectors.append(columns[i], size, source[i], rows, count);
    }
    size = newSize;
  }

  /** Pays for what is there and, before arrays double, for the copy. */
  private void account(int newSize) {
    long bytes = Vectors.bytes(columns);
    if (columns.length > 0 && newSize > columns[0].capacity()) {
      bytes *= 2;
    }
    if (bytes > accountedBytes) {
      memory.reserve(bytes - accountedBytes);
      accountedBytes = bytes;
    }
  }

  int size() {
    return size;
  }

  Vector column(int index) {
    return columns[index];
  }

  Vector[] columns() {
    return columns;
  }

  List<LogicalType> types() {
    return types;
  }

  /** Forgets all rows and gives the memory back. */
  void clear() {
    memory.release(accountedBytes);
    accountedBytes = 0;
    columns = Vectors.create(types, INITIAL_CAPACITY);
    size = 0;
  }

  /**
   * Makes each of {@code out} the listed rows of the column at the same index; negative is null.
   */
  void gather(Vector[] out, int[] rows, int count) {
    for (int i = 0; i < columns.length; i++) {
      Vectors.gather(out[i], columns[i], rows, count);
    }
  }
}
