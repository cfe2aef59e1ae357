package org.facetdb.storage;

/** Hears of each commit while it is made; see {@link ChangeLog#listen}. */
@FunctionalInterface
public interface CommitListener {
  /**
   * Called once for each commit, in commit order, by whichever thread runs the commit pipeline,
   * before any reader can see the commit and before its committer is told.
   *
   * <p>All commits wait for it, so it must be quick, must not throw and must not wait for a commit.
   * An exception ends all writing, as a failed log does. The commit may not be durable yet: where
   * the sync that follows fails, the batch was seen here, is never published, and the store takes
   * no further commits.
   */
  void committed(CommittedBatch batch);
}
