package org.facetdb.storage.log;

/** Takes the commits that recovery reads from the log, in commit order. */
@FunctionalInterface
public interface LogReplay {
  /**
   * Takes a commit, or a part of one of which all parts are there.
   *
   * @param batch valid during the call only
   * @param following how many parts of the same commit follow
   */
  void commit(WriteBatch batch, long timestamp, long sequence, int following);
}
