package org.facetdb.storage.log;

/** Takes the commits that recovery reads from the log, in commit order. */
@FunctionalInterface
public interface LogReplay {
  /** The batch is valid during the call only. */
  void commit(WriteBatch batch, long timestamp, long sequence);
}
