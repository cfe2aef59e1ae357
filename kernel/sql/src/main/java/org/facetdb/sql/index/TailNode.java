package org.facetdb.sql.index;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.spi.index.Position;
import org.facetdb.sql.row.ChangeDecoder;
import org.facetdb.sql.row.ChangedRows;
import org.facetdb.storage.CommittedBatch;
import org.jspecify.annotations.Nullable;

/**
 * One commit in the tail of the log, decoded at most once for each table. Nodes are linked in
 * commit order, and nobody keeps those before the oldest one in use: what all have read is
 * collected. Safe for any number of threads.
 */
final class TailNode {
  private final Position position;
  private final long totalBytes;
  private final @Nullable CommittedBatch batch;
  private final Map<Integer, List<ChangedRows>> decoded = new ConcurrentHashMap<>(2);
  private volatile @Nullable TailNode next;

  /**
   * @param batch null for a mark that stands for all commits up to the position
   * @param totalBytes of this and all earlier commits
   */
  TailNode(Position position, @Nullable CommittedBatch batch, long totalBytes) {
    this.position = position;
    this.batch = batch;
    this.totalBytes = totalBytes;
  }

  Position position() {
    return position;
  }

  long totalBytes() {
    return totalBytes;
  }

  @Nullable TailNode next() {
    return next;
  }

  void link(TailNode node) {
    next = node;
  }

  /** What the commit changed in a table. */
  List<ChangedRows> changes(ChangeDecoder decoder) {
    CommittedBatch commit = batch;
    return commit == null
        ? List.of()
        : decoded.computeIfAbsent(decoder.table().keySpace(), _ -> decoder.decode(commit));
  }
}
