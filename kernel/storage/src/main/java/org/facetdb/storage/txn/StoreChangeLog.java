package org.facetdb.storage.txn;

import org.facetdb.storage.ChangeLog;
import org.facetdb.storage.CommitListener;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.WriteAheadLog;
import org.jspecify.annotations.Nullable;

/**
 * The log of a {@link FacetStore} as its consumers see it. Safe for use by any number of threads;
 * owns nothing.
 */
final class StoreChangeLog implements ChangeLog {
  private final FacetStore store;
  private final WriteAheadLog log;
  private final CommitPipeline pipeline;

  StoreChangeLog(FacetStore store, WriteAheadLog log, CommitPipeline pipeline) {
    this.store = store;
    this.log = log;
    this.pipeline = pipeline;
  }

  @Override
  public long oldestSequence() {
    store.checkOpen();
    return log.oldestSequence();
  }

  @Override
  public void retainAfter(long sequence) {
    store.checkOpen();
    log.retainAfter(sequence);
    store.housekeep(log::trim);
  }

  @Override
  public boolean read(long afterSequence, long throughSequence, Visitor visitor) {
    store.checkOpen();
    long last = store.lastSequence();
    if (throughSequence > last) {
      throw new StorageException(
          "22023",
          StorageException.Category.USER,
          "no such commit: sequence=" + throughSequence + " last=" + last);
    }
    try {
      return log.reader().read(afterSequence, throughSequence, visitor);
    } catch (StorageException e) {
      // The next owner of the directory may have taken the segment's file.
      store.checkOpen();
      throw e;
    } finally {
      store.housekeep(log::trim);
    }
  }

  @Override
  public void listen(@Nullable CommitListener listener) {
    store.checkOpen();
    pipeline.listen(listener);
  }
}
