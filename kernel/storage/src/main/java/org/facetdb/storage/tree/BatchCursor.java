package org.facetdb.storage.tree;

import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;

/** Walks the rows of a commit as versions that begin with it. Used by one thread. */
final class BatchCursor implements EntryCursor {
  private final SortedBatches batches;
  private final long begin;
  private WriteBatch.Rows rows = new WriteBatch(0).rows();
  private int next;

  BatchCursor(SortedBatches batches, long begin) {
    this.batches = batches;
    this.begin = begin;
  }

  @Override
  public boolean next() {
    while (!rows.next()) {
      if (next == batches.parts()) {
        return false;
      }
      rows = batches.part(next++).rows();
    }
    return true;
  }

  @Override
  public boolean nextKey() {
    return next();
  }

  @Override
  public int keySpace() {
    return rows.keySpace();
  }

  @Override
  public byte[] keyArray() {
    return rows.array();
  }

  @Override
  public int keyOffset() {
    return rows.keyOffset();
  }

  @Override
  public int keyLength() {
    return rows.keyLength();
  }

  @Override
  public long keyHead() {
    return Bytes.head(rows.array(), rows.keyOffset(), rows.keyLength());
  }

  @Override
  public long begin() {
    return begin;
  }

  @Override
  public long end() {
    return OPEN;
  }

  @Override
  public boolean deleted() {
    return rows.isDelete();
  }

  @Override
  public byte[] valueArray() {
    return rows.array();
  }

  @Override
  public int valueOffset() {
    return rows.valueOffset();
  }

  @Override
  public int valueLength() {
    return rows.valueLength();
  }

  @Override
  public void close() {
    // The batches are the owner's.
  }
}
