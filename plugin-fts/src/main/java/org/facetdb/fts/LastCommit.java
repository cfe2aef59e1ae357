package org.facetdb.fts;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.IndexCommit;
import org.apache.lucene.index.IndexDeletionPolicy;

/**
 * Keeps Lucene's last commit and knows its files. Called under the writer's lock; read by the
 * applier. Earlier commits go at once: the kernel keeps their bytes for as long as it needs them.
 */
final class LastCommit extends IndexDeletionPolicy {
  private volatile Set<String> files = Set.of();

  @Override
  public void onInit(List<? extends IndexCommit> commits) throws IOException {
    if (!commits.isEmpty()) {
      onCommit(commits);
    }
  }

  @Override
  public void onCommit(List<? extends IndexCommit> commits) throws IOException {
    files = Set.copyOf(commits.getLast().getFileNames());
    commits.subList(0, commits.size() - 1).forEach(IndexCommit::delete);
  }

  Set<String> files() {
    return files;
  }
}
