package org.facetdb.storage.log;

import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;

/** A commit over the encoded rows, which nobody writes any more. */
public record LoggedCommit(long sequence, long timestamp, WriteBatch batch, boolean endsCommit)
    implements CommittedBatch {
  @Override
  public int rowCount() {
    return batch.count();
  }

  @Override
  public int byteLength() {
    return batch.byteLength();
  }

  @Override
  public ChangeCursor changes() {
    return batch.rows();
  }
}
