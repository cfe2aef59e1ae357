package org.facetdb.storage.tree;

import java.util.List;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableFormat;

/**
 * The durable state of the tree at one moment, whose tables stay until this is closed. Used by one
 * thread; owns a use of the version.
 */
public final class TreeHold implements AutoCloseable {
  private final TreeState state;
  private final Version version;
  private boolean closed;

  TreeHold(TreeState state, Version version) {
    this.state = state;
    this.version = version;
  }

  public TreeState state() {
    return state;
  }

  /** Names of the tables' files, which never change. */
  public List<String> files() {
    return state.tables().stream().map(table -> TableFormat.fileName(table.number())).toList();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      version.release();
    }
  }
}
