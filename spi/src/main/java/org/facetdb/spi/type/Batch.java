package org.facetdb.spi.type;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rows by column, with an optional selection: the ascending indexes of the rows that count. Not
 * thread-safe. The operator that returns a batch owns it and its vectors; both are valid until that
 * operator is asked for the next one. Rows outside the selection hold unspecified values.
 */
public final class Batch {
  /** The most rows that a batch has. */
  public static final int CAPACITY = 2048;

  private static final int[] IDENTITY = identity();

  private Vector[] columns;
  private int rowCount;
  private int @Nullable [] selection;
  private int selectedCount;

  public Batch(Vector[] columns, int rowCount) {
    this.columns = columns;
    setRows(rowCount);
  }

  /** A batch whose columns are fixed and whose rows come later. */
  public Batch(Vector[] columns) {
    this(columns, 0);
  }

  private static int[] identity() {
    int[] rows = new int[CAPACITY];
    for (int i = 0; i < CAPACITY; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /** The shared array 0, 1, ... CAPACITY-1. Nobody writes to it. */
  public static int[] allRows() {
    return IDENTITY;
  }

  /** All of {@code count} rows, no selection. */
  public void setRows(int count) {
    if (count > CAPACITY) {
      throw new IllegalArgumentException("a batch has at most 2048 rows: rows=" + count);
    }
    rowCount = count;
    selection = null;
    selectedCount = count;
  }

  /** Restricts the batch to the first {@code count} entries of {@code rows}, which it keeps. */
  public void setSelection(int[] rows, int count) {
    selection = rows;
    selectedCount = count;
  }

  public void setColumns(Vector[] newColumns) {
    columns = newColumns;
  }

  public int columnCount() {
    return columns.length;
  }

  public Vector column(int index) {
    return columns[index];
  }

  /** The array itself. */
  public Vector[] columns() {
    return columns;
  }

  /** Physical rows: indexes are in [0, rowCount). */
  public int rowCount() {
    return rowCount;
  }

  /** Rows that count: all, or those selected. */
  public int selectedCount() {
    return selectedCount;
  }

  /** The selection, null when every row counts. */
  public int @Nullable [] selection() {
    return selection;
  }

  /** Row indexes in [0, selectedCount), also when every row counts. Read only. */
  public int[] rows() {
    return Objects.requireNonNullElse(selection, IDENTITY);
  }

  /** The index of the k-th row that counts. */
  public int row(int k) {
    return selection == null ? k : selection[k];
  }
}
