package org.facetdb.sql.index;

import java.util.Set;
import org.facetdb.spi.index.Position;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommitListener;
import org.facetdb.storage.CommittedBatch;

/**
 * The end of the log in memory, shared by all indexes: the commits that changed an indexed table,
 * in order, each there before any reader can see it. Safe for any number of threads; the log's
 * pipeline appends.
 *
 * <p>Invariant: every commit after the node that {@link #attach} gave that changed a followed table
 * is linked behind it, at the latest when it becomes visible.
 */
final class ChangeTail implements CommitListener {
  private Set<Integer> followed = Set.of();
  private TailNode last = new TailNode(Position.START, null, 0);
  private volatile Position seen = Position.START;

  @Override
  public synchronized void committed(CommittedBatch batch) {
    Position position = new Position(batch.sequence(), batch.timestamp());
    if (!followed.isEmpty() && touchesFollowed(batch)) {
      append(new TailNode(position, batch, last.totalBytes() + batch.byteLength()));
    }
    seen = position;
  }

  private boolean touchesFollowed(CommittedBatch batch) {
    ChangeCursor changes = batch.changes();
    int known = -1;
    while (changes.next()) {
      int keySpace = changes.keySpace();
      if (keySpace != known && followed.contains(keySpace)) {
        return true;
      }
      known = keySpace;
    }
    return false;
  }

  private void append(TailNode node) {
    last.link(node);
    last = node;
  }

  /** Sets which key spaces' changes are kept. */
  synchronized void follow(Set<Integer> keySpaces) {
    followed = Set.copyOf(keySpaces);
  }

  /**
   * Where a follower joins: all commits up to the node's position are to be read from the log, all
   * later ones that count will follow it.
   */
  synchronized TailNode attach() {
    TailNode mark = new TailNode(seen, null, last.totalBytes());
    append(mark);
    return mark;
  }

  /** Up to where the log is known not to concern whoever has read all nodes up to this one. */
  synchronized Position seenBy(TailNode node) {
    return node == last ? seen : node.position();
  }

  /** Tells where the log stood when it was opened. */
  synchronized void start(Position position) {
    if (seen.sequence() < position.sequence()) {
      seen = position;
    }
  }

  synchronized TailNode last() {
    return last;
  }
}
